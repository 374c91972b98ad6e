#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>
#include <wmmintrin.h>

int rmt_has_crc32c(void) {
  return __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
}

// Bytes of each of three lanes: one check after the other waits for its last result three cycles long, three
// at once do not.
enum { lane = 2048 };
// x^(8 lane - 33) and x^(16 lane - 33) modulo the polynomial, bits reversed: times these a check is that of
// the same bytes with one or two lanes of zeros behind them. The product of two reversed numbers is
// one place short, and the instruction that reduces it multiplies by x^32.
static const uint32_t past_lane = 0xA51B6135, past_two_lanes = 0x82F89C77;

__attribute__((target("sse4.2,pclmul"))) static inline uint64_t shifted(
    uint64_t check, uint32_t power) {
  __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)check), _mm_cvtsi64_si128(power), 0);
  return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2"))) static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) uint32_t rmt_crc32c(
    uint32_t check, const uint8_t *bytes, size_t count) {
  uint64_t wide = check;
  for (; count >= 3 * lane; bytes += 3 * lane, count -= 3 * lane) {
    uint64_t second = 0, third = 0;
    for (size_t place = 0; place < lane; place += 8) {
      wide = _mm_crc32_u64(wide, word_at(bytes + place));
      second = _mm_crc32_u64(second, word_at(bytes + lane + place));
      third = _mm_crc32_u64(third, word_at(bytes + 2 * lane + place));
    }
    wide = shifted(wide, past_two_lanes) ^ shifted(second, past_lane) ^ third;
  }
  for (; count >= 8; bytes += 8, count -= 8) wide = _mm_crc32_u64(wide, word_at(bytes));
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
