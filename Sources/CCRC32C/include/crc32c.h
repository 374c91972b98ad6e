// The processor's own CRC-32C.
#ifndef RMT_CRC32C_H
#define RMT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// Whether this processor has an instruction for the check.
int rmt_has_crc32c(void);

// Takes bytes into a register of the check; only where rmt_has_crc32c().
uint32_t rmt_crc32c(uint32_t check, const uint8_t *bytes, size_t count);

#endif
