#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>

int rmt_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) uint32_t rmt_crc32c(
    uint32_t check, const uint8_t *bytes, size_t count) {
  uint64_t wide = check;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  check = (uint32_t)wide;
  for (; count > 0; ++bytes, --count) check = _mm_crc32_u8(check, *bytes);
  return check;
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

int rmt_has_crc32c(void) { return 1; }

uint32_t rmt_crc32c(uint32_t check, const uint8_t *bytes, size_t count) {
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    check = __crc32cd(check, word);
  }
  for (; count > 0; ++bytes, --count) check = __crc32cb(check, *bytes);
  return check;
}

#else

int rmt_has_crc32c(void) { return 0; }

uint32_t rmt_crc32c(uint32_t check, const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return check;
}

#endif
