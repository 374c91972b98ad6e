// Philox 4×32 with ten rounds on sixteen counters at once (Salmon et al., SC11).
#ifndef RMT_PHILOX_H
#define RMT_PHILOX_H

#include <stdint.h>

enum { RMT_PHILOX_LANES = 16, RMT_PHILOX_ELEMENTS = 64 };

typedef uint64_t rmt_philox_wide __attribute__((vector_size(64)));
typedef uint32_t rmt_philox_narrow __attribute__((vector_size(32)));

/// words[j][lane] ← word j of counter {block·16 + lane, counter[0…2]}.
///
/// Words are kept in 64-bit lanes whose upper halves are never read: the multiplication takes the
/// lower halves, as the vector instruction for it does, so nothing is widened or narrowed between
/// the rounds. Eight vectors hold the whole state in registers.
static inline __attribute__((always_inline)) void rmt_philox_block(
    const uint32_t key[2], uint32_t block, const uint32_t counter[3],
    uint32_t words[4][RMT_PHILOX_LANES]) {
  const rmt_philox_wide none = {}, low = none + UINT32_MAX;
  rmt_philox_wide state[4][2];
  for (int half = 0; half < 2; half++) {
    uint64_t first = block * RMT_PHILOX_LANES + 8u * (unsigned)half;
    state[0][half] = first + (rmt_philox_wide){0, 1, 2, 3, 4, 5, 6, 7};
    for (int j = 1; j < 4; j++) state[j][half] = none + counter[j - 1];
  }
  uint32_t key0 = key[0], key1 = key[1];
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
      rmt_philox_wide first = (state[0][half] & low) * (uint64_t)0xD2511F53u;
      rmt_philox_wide second = (state[2][half] & low) * (uint64_t)0xCD9E8D57u;
      state[0][half] = (second >> 32) ^ state[1][half] ^ (uint64_t)key0;
      state[1][half] = second;
      state[2][half] = (first >> 32) ^ state[3][half] ^ (uint64_t)key1;
      state[3][half] = first;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int j = 0; j < 4; j++)
    for (int half = 0; half < 2; half++) {
      rmt_philox_narrow narrow = __builtin_convertvector(state[j][half], rmt_philox_narrow);
      __builtin_memcpy(&words[j][8 * half], &narrow, sizeof narrow);
    }
}

#endif
