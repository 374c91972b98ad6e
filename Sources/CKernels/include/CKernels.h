// The arithmetic of rmt: one table of kernels per element type and instruction set.
//
// Every pointer is lent by the caller, matrices are row-major with a row stride in elements, and no
// kernel allocates. The f64 table is the reference implementation, plain loops over libm: it is the
// oracle for every other table and the engine of the finite-difference tests.
#ifndef RMT_CKERNELS_H
#define RMT_CKERNELS_H

#include <stdint.h>

#include "CKernelsPeak.h"

/// The feed-forward network's non-linearity.
enum rmt_activation {
  RMT_NO_ACTIVATION = -1,
  RMT_GELU_ERF = 0,   // x·Φ(x)
  RMT_GELU_TANH = 1,  // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
  RMT_RELU = 2,       // max(0, x); NaN stays
};

/// How the right-hand side op(B)[p, j] of a matrix product lies in memory.
enum rmt_layout {
  RMT_ROWS = 0,     // at p·stride + j
  RMT_COLUMNS = 1,  // at j·stride + p: the transpose, as a layer's weight [outputs, inputs] is
  RMT_PACKED = 2,   // as pack_right wrote it
};

/// Which random words a dropout mask is made of (Philox 4×32 with seven rounds).
///
/// A mask belongs to a matrix. Sixty-four neighbours of a row share a block: element (r, c) of a
/// matrix with n columns lies in block b = r·⌈n / 64⌉ + c / 64 as its element e = c mod 64, and takes
/// half e mod 2 (the lower first) of word e / 16 of the counter {8·b + (e / 2) mod 8, counter[0…2]}.
/// It is dropped, which makes it 0 whatever it was, when that half is below `threshold`, else
/// multiplied by `scale`.
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
  double gradient_factor;   // gradients are multiplied by this,
  double gradient_limit;    // then held within ± this
} rmt_adamw_step;

#define RMT_KERNEL_TYPES(real, suffix)                                                            \
  /** What is done to a product x = A·B (+ C) before it is stored. */                              \
  typedef struct {                                                                                \
    const real *bias;     /* [n], added to every row; NULL for none */                            \
    const real *residual; /* [m, n] with C's stride, added; NULL for none */                      \
    real *preactivation;  /* [m, n] with C's stride, gets x before the activation; NULL: unkept */ \
    int activation;       /* then C ← f(x) */                                                     \
  } rmt_epilogue_##suffix;                                                                        \
                                                                                                  \
  /** One head's attention over one sequence: the first `query_count` rows look at all keys. */    \
  typedef struct {                                                                                \
    int64_t query_count, key_count, head_size; /* at least one of each */                         \
    int64_t stride; /* of the rows of query, key, value, context and their gradients */           \
    real scale;     /* of the scores */                                                           \
    const real *query, *key, *value;                                                              \
    const rmt_dropout_mask *mask; /* of the weights, as a matrix [keys, queries]; NULL for none */ \
  } rmt_attention_##suffix;                                                                       \
                                                                                                  \
  typedef struct {                                                                                \
    RMT_KERNEL_TABLE(real, suffix);                                                               \
  } rmt_kernels_##suffix

#define RMT_KERNEL_TABLE(real, suffix)                                                            \
  /* The instruction set, as RMT_ISA spells it. */                                                \
  const char *name;                                                                               \
                                                                                                  \
  /* A product's left side is packed in slivers of `sliver_rows`, its right side in slivers of */ \
  /* `sliver_columns`; a packed side takes its size rounded up to slivers times the depth. */     \
  int64_t sliver_rows, sliver_columns;                                                            \
  /* Packs op(A)[m, k], at a[i·stride + p] or, transposed, at a[p·stride + i]. */                 \
  void (*pack_left)(int transpose, int64_t m, int64_t k, const real *a, int64_t stride,           \
                    real *packed);                                                                \
  /* Packs op(B)[k, n] from one of the two open layouts. */                                       \
  void (*pack_right)(int layout, int64_t k, int64_t n, const real *b, int64_t stride,             \
                     real *packed);                                                               \
  /* Elements of workspace that gemm needs. */                                                    \
  int64_t gemm_workspace;                                                                         \
  /* C[m,n] ← epilogue(A[m,k]·op(B)[k,n] (+ C)), A packed; without `accumulate` C is not read. */   \
  void (*gemm)(int64_t m, int64_t n, int64_t k, const real *packed_a, int layout,                 \
               const real *b, int64_t b_stride, int accumulate,                                   \
               const rmt_epilogue_##suffix *epilogue, real *c, int64_t c_stride,                  \
               real *workspace);                                                                  \
                                                                                                  \
  /* Elements of workspace that attention and its gradient need. */                               \
  int64_t (*attention_workspace)(int64_t key_count, int64_t head_size, int with_gradient);        \
  /* context ← dropout(P)·V, P = softmax(scale·Q·Kᵀ); log_sum[query] = log Σ exp of its scores. */ \
  void (*attention)(const rmt_attention_##suffix *attention, real *context, real *log_sum,        \
                    real *workspace);                                                             \
  /* Gradients at query, key and value, from the context and the gradient at it. */               \
  void (*attention_gradient)(const rmt_attention_##suffix *attention, const real *context,        \
                             const real *context_gradient, const real *log_sum,                   \
                             real *query_gradient, real *key_gradient, real *value_gradient,      \
                             real *workspace);                                                    \
                                                                                                  \
  /* x[r,:] += bias for every row. */                                                             \
  void (*add_bias)(int64_t rows, int64_t columns, const real *bias, real *x, int64_t stride);     \
  /* sum[c] += Σᵣ x[r,c]. */                                                                      \
  void (*add_column_sums)(int64_t rows, int64_t columns, const real *x, int64_t stride,           \
                          real *sum);                                                             \
  /* y += x. */                                                                                   \
  void (*add)(int64_t count, const real *x, real *y);                                             \
  /* y ← f(x); x and y may be the same. */                                                        \
  void (*activation)(int kind, int64_t count, const real *x, real *y);                            \
  /* dx ← f′(x)·dy; dy and dx may be the same. */                                                 \
  void (*activation_gradient)(int kind, int64_t count, const real *x, const real *dy, real *dx);  \
  /* y ← tanh x. */                                                                               \
  void (*hyperbolic_tangent)(int64_t count, const real *x, real *y);                              \
                                                                                                  \
  /* x ← scale·softmax(x) in place; the result is log Σ exp x, and *largest max x, of what was. */ \
  double (*softmax)(int64_t count, real scale, real *x, real *largest);                           \
  /* y ← gain·(x − mean)·rstd + bias a row, rstd = 1/√(variance + ε); mean and rstd are kept. */  \
  void (*layer_norm)(int64_t rows, int64_t columns, const real *x, const real *gain,              \
                     const real *bias, real epsilon, real *y, real *mean, real *rstd);            \
  /* dx ← gradient at x; dgain and dbias are added to. dy and dx may be the same. */              \
  void (*layer_norm_gradient)(int64_t rows, int64_t columns, const real *x, const real *dy,       \
                              const real *gain, const real *mean, const real *rstd, real *dx,     \
                              real *dgain, real *dbias);                                          \
  /* y ← mask·scale·x for rows [first_row, first_row + rows) of the mask's matrix; x and y point */ \
  /* at the first of them and may be the same. */                                                 \
  void (*dropout)(const rmt_dropout_mask *mask, int64_t first_row, int64_t rows, int64_t columns, \
                  const real *x, real *y);                                                        \
  /* Decoupled weight decay, then Adam; parameters, both moments and the gradient, which becomes */ \
  /* zero, in one pass. */                                                                        \
  void (*adamw)(const rmt_adamw_step *step, int64_t count, real *gradient, real *parameter,       \
                real *first_moment, real *second_moment);                                         \
  /* Σ x², summed in double. */                                                                   \
  double (*sum_of_squares)(int64_t count, const real *x)

RMT_KERNEL_TYPES(float, f32);
RMT_KERNEL_TYPES(double, f64);

/// Tells the processor that this is a loop that waits for another thread.
static inline void rmt_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The f32 tables that this build has and this processor can run, fastest first; NULL ends the list.
const rmt_kernels_f32 *const *rmt_supported_kernels_f32(void);

/// The reference implementation.
const rmt_kernels_f64 *rmt_reference_kernels_f64(void);

#endif
