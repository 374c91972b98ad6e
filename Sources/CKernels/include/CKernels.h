// The arithmetic of rmt: one table of kernels per element type and instruction set.
//
// Every pointer is lent by the caller, matrices are row-major with a row stride in elements, and no
// kernel allocates. The f64 table is the reference implementation, plain loops over libm: it is the
// oracle for every other table and the engine of the finite-difference tests.
#ifndef RMT_CKERNELS_H
#define RMT_CKERNELS_H

#include <stdint.h>

/// The feed-forward network's non-linearity.
enum rmt_activation {
  RMT_GELU_ERF = 0,   // x·Φ(x)
  RMT_GELU_TANH = 1,  // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
  RMT_RELU = 2,       // max(0, x); NaN stays
};

/// Which random words a dropout mask is made of (Philox 4×32-10).
///
/// Element e of a call belongs to the counter {(e / 64)·16 + e % 16, counter[0…2]} and takes word
/// (e / 16) % 4 of its output; it is dropped when that word is below `threshold`, else multiplied
/// by `scale`.
typedef struct {
  uint32_t key[2];
  uint32_t counter[3];
  uint32_t threshold;
  double scale;
} rmt_dropout_mask;

/// Constants of one AdamW step, bias corrections included.
typedef struct {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
  double bias_correction1;  // 1 − β₁ᵗ
  double bias_correction2;  // 1 − β₂ᵗ
} rmt_adamw_step;

#define RMT_KERNEL_TABLE(real)                                                                    \
  /* The instruction set, as RMT_ISA spells it. */                                                \
  const char *name;                                                                               \
  /* Elements of workspace that gemm needs, for any transposition. */                             \
  int64_t (*gemm_workspace)(int64_t m, int64_t n, int64_t k);                                     \
  /* C[m,n] ← α·op(A)[m,k]·op(B)[k,n] + β·C with β = 0 or 1; β = 0 never reads C. */              \
  void (*gemm)(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, real alpha,     \
               const real *a, int64_t a_stride, const real *b, int64_t b_stride, real beta,       \
               real *c, int64_t c_stride, real *workspace);                                       \
  /* x[r,:] += bias for every row. */                                                             \
  void (*add_bias)(int64_t rows, int64_t columns, const real *bias, real *x, int64_t stride);     \
  /* sum[c] += Σᵣ x[r,c]. */                                                                      \
  void (*add_column_sums)(int64_t rows, int64_t columns, const real *x, int64_t stride,           \
                          real *sum);                                                             \
  /* y += x. */                                                                                   \
  void (*add)(int64_t count, const real *x, real *y);                                             \
  /* x ← factor·x. */                                                                             \
  void (*scale)(int64_t count, real factor, real *x);                                             \
  /* y ← f(x); x and y may be the same. */                                                        \
  void (*activation)(int kind, int64_t count, const real *x, real *y);                            \
  /* dx ← f′(x)·dy; dy and dx may be the same. */                                                 \
  void (*activation_gradient)(int kind, int64_t count, const real *x, const real *dy, real *dx);  \
  /* y ← tanh x. */                                                                               \
  void (*hyperbolic_tangent)(int64_t count, const real *x, real *y);                              \
  /* y ← gain·(x − mean)·rstd + bias a row, rstd = 1/√(variance + ε); mean and rstd are kept. */  \
  void (*layer_norm)(int64_t rows, int64_t columns, const real *x, const real *gain,              \
                     const real *bias, real epsilon, real *y, real *mean, real *rstd);            \
  /* dx ← gradient at x; dgain and dbias are added to. dy and dx may be the same. */              \
  void (*layer_norm_gradient)(int64_t rows, int64_t columns, const real *x, const real *dy,       \
                              const real *gain, const real *mean, const real *rstd, real *dx,     \
                              real *dgain, real *dbias);                                          \
  /* x ← softmax of each row; log_sum[r] = log Σ exp x[r,:]. */                                   \
  void (*softmax)(int64_t rows, int64_t columns, real *x, int64_t stride, real *log_sum);         \
  /* x ← exp(x − log_sum[r]): the softmax again, from the row statistics that were kept. */       \
  void (*softmax_again)(int64_t rows, int64_t columns, real *x, int64_t stride,                   \
                        const real *log_sum);                                                     \
  /* dp ← p·(dp − Σ p·dp) a row: the gradient at the scores. */                                   \
  void (*softmax_gradient)(int64_t rows, int64_t columns, const real *p, real *dp,                \
                           int64_t stride);                                                       \
  /* y ← mask·scale·x; x and y may be the same. */                                                \
  void (*dropout)(const rmt_dropout_mask *mask, int64_t count, const real *x, real *y);           \
  /* Decoupled weight decay, then Adam; parameters and both moments in one pass. */               \
  void (*adamw)(const rmt_adamw_step *step, int64_t count, const real *gradient,                  \
                real *parameter, real *first_moment, real *second_moment);                        \
  /* Σ x², summed in double. */                                                                   \
  double (*sum_of_squares)(int64_t count, const real *x);                                         \
  /* x ← min(max(x, −limit), limit); NaN stays. */                                                \
  void (*clamp)(int64_t count, real limit, real *x)

typedef struct {
  RMT_KERNEL_TABLE(float);
} rmt_kernels_f32;

typedef struct {
  RMT_KERNEL_TABLE(double);
} rmt_kernels_f64;

/// The f32 tables that this build has and this processor can run, fastest first; NULL ends the list.
const rmt_kernels_f32 *const *rmt_supported_kernels_f32(void);

/// The reference implementation.
const rmt_kernels_f64 *rmt_reference_kernels_f64(void);

#endif
