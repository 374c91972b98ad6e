// Philox 4×32 with ten rounds on sixteen counters at once (Salmon et al., SC11).
#ifndef RMT_PHILOX_H
#define RMT_PHILOX_H

#include <stdint.h>

enum { RMT_PHILOX_LANES = 16, RMT_PHILOX_ELEMENTS = 64 };

/// words[j][lane] ← word j of counter {block·16 + lane, counter[0…2]}.
static inline void rmt_philox_block(const uint32_t key[2], uint32_t block,
                                    const uint32_t counter[3],
                                    uint32_t words[4][RMT_PHILOX_LANES]) {
  for (int lane = 0; lane < RMT_PHILOX_LANES; lane++) {
    words[0][lane] = block * RMT_PHILOX_LANES + (uint32_t)lane;
    words[1][lane] = counter[0];
    words[2][lane] = counter[1];
    words[3][lane] = counter[2];
  }
  uint32_t key0 = key[0], key1 = key[1];
  for (int round = 0; round < 10; round++) {
    for (int lane = 0; lane < RMT_PHILOX_LANES; lane++) {
      uint64_t first = (uint64_t)0xD2511F53u * words[0][lane];
      uint64_t second = (uint64_t)0xCD9E8D57u * words[2][lane];
      words[0][lane] = (uint32_t)(second >> 32) ^ words[1][lane] ^ key0;
      words[1][lane] = (uint32_t)second;
      words[2][lane] = (uint32_t)(first >> 32) ^ words[3][lane] ^ key1;
      words[3][lane] = (uint32_t)first;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

#endif
