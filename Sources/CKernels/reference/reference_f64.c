// The reference implementation in double precision.
#include <math.h>

#include "../include/CKernels.h"
#include "../philox.h"

#define RMT_REAL double
#define RMT_MATH(function) function
#define RMT_SUFFIXED(name) name##_f64
#define real RMT_REAL
// attention.inc comes first: it knows which elements a mask drops.
#include "attention.inc"

#include "kernels.inc"

#include "gemm.inc"

#define RMT_TABLE_NAME "reference"
static const rmt_kernels_f64 table =
#include "../table.inc"
    ;

const rmt_kernels_f64 *rmt_reference_kernels_f64(void) { return &table; }
