// kernel-harness [TABLE …]: checks the named tables, or every one that this processor can run.
#include <stdio.h>
#include <string.h>

#include "harness.h"

static void check_table(kernel_table table) {
  check_products(table);
  check_attention(table);
  check_elementary_functions(table);
  check_layer_norm(table);
  check_adamw(table);
  check_dropout(table);
  check_sums(table);
}

int main(int count, char **names) {
  // Line by line, so that nothing is lost when a kernel brings the program down.
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  int missing = 0;
  const rmt_kernels_f32 *const *const tables = rmt_supported_kernels_f32();
  for (int i = 1; i < count; i++) {
    const rmt_kernels_f32 *const *table = tables;
    while (*table && strcmp((*table)->name, names[i])) table++;
    if (*table) {
      check_table(*table);
    } else {
      printf("FAILED this processor has no table named %s\n", names[i]);
      missing++;
    }
  }
  for (const rmt_kernels_f32 *const *table = tables; count == 1 && *table; table++)
    check_table(*table);
  int failures = print_summary() + missing;
  printf(failures ? "%d failed\n" : "All kernels agree with the reference.\n", failures);
  return failures != 0;
}
