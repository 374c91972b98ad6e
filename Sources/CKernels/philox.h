// Philox 4×32 with seven rounds on eight counters at once (Salmon et al., SC11: the fewest rounds
// that pass BigCrush).
#ifndef RMT_PHILOX_H
#define RMT_PHILOX_H

#include <stdint.h>

/// Elements of a dropout mask that one block decides, sixteen bits each.
enum { RMT_MASK_BLOCK = 64 };

typedef uint64_t rmt_philox_wide __attribute__((ext_vector_type(8)));
typedef uint32_t rmt_philox_narrow __attribute__((ext_vector_type(8)));

/// halves[16·j + 2·lane …] ← the two halves of word j of counter {8·block + lane, counter[0…2]}.
///
/// Words are kept in 64-bit lanes whose upper halves are never read: the multiplication takes the
/// lower halves, as the vector instruction for it does, so nothing is widened or narrowed between
/// the rounds.
static inline __attribute__((always_inline)) void rmt_philox_block(const uint32_t key[2],
                                                                   uint32_t block,
                                                                   const uint32_t counter[3],
                                                                   uint16_t halves[RMT_MASK_BLOCK]) {
  const rmt_philox_wide low = UINT32_MAX;
  rmt_philox_wide s0 = (rmt_philox_wide){0, 1, 2, 3, 4, 5, 6, 7} + (uint64_t)(block * 8u);
  rmt_philox_wide s1 = counter[0], s2 = counter[1], s3 = counter[2];
  uint32_t key0 = key[0], key1 = key[1];
#pragma clang loop unroll(full)
  for (int round = 0; round < 7; round++) {
    rmt_philox_wide first = (s0 & low) * (uint64_t)0xD2511F53u;
    rmt_philox_wide second = (s2 & low) * (uint64_t)0xCD9E8D57u;
    s0 = (second >> 32) ^ s1 ^ (uint64_t)key0;
    s1 = second;
    s2 = (first >> 32) ^ s3 ^ (uint64_t)key1;
    s3 = first;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  const rmt_philox_wide words[4] = {s0, s1, s2, s3};
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    // On a little-endian machine, and Swift runs on no other, the lower half comes first.
    rmt_philox_narrow narrow = __builtin_convertvector(words[j], rmt_philox_narrow);
    __builtin_memcpy(halves + 16 * j, &narrow, sizeof narrow);
  }
}

/// Blocks that a row of a mask's matrix takes.
static inline uint32_t rmt_mask_blocks(int64_t columns) {
  return (uint32_t)((columns + RMT_MASK_BLOCK - 1) / RMT_MASK_BLOCK);
}

#endif
