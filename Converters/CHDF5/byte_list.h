// Bytes that grow up to a bound.
#ifndef RMT_CHDF5_BYTE_LIST_H
#define RMT_CHDF5_BYTE_LIST_H

#include <stdlib.h>
#include <string.h>

struct list {
  unsigned char *bytes;
  size_t count, capacity, maximum;
};

// 0, or −1 when the bound or memory does not allow it.
static inline int append(struct list *list, const void *bytes, size_t count) {
  if (count > list->maximum - list->count) return -1;
  if (list->count + count > list->capacity) {
    size_t capacity = list->capacity == 0 ? 4096 : list->capacity * 2;
    if (capacity < list->count + count) capacity = list->count + count;
    unsigned char *grown = realloc(list->bytes, capacity);
    if (grown == NULL) return -1;
    list->bytes = grown;
    list->capacity = capacity;
  }
  memcpy(list->bytes + list->count, bytes, count);
  list->count += count;
  return 0;
}

#endif
