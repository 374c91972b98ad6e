// Numbers and strings beside groups and datasets.
#include "byte_list.h"
#include "errors.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int read_numbers(hid_t handle, hid_t memory_type, struct rmt_hdf5_attribute *attribute) {
  attribute->byte_count = (size_t)attribute->count * 8;
  attribute->bytes = calloc(attribute->count + 1, 8);
  if (attribute->bytes == NULL) return -1;
  return H5Aread(handle, memory_type, attribute->bytes) < 0 ? -1 : 0;
}

// Strings of unknown length come as pointers that libhdf5 allocates and takes back.
static int read_variable_strings(
    hid_t handle, hid_t type, hid_t space, size_t maximum, struct rmt_hdf5_attribute *attribute) {
  char **strings = calloc(attribute->count + 1, sizeof(char *));
  if (strings == NULL) return -1;
  struct list list = {.maximum = maximum};
  int result = H5Aread(handle, type, strings) < 0 ? -1 : 0;
  if (result == 0) {
    for (uint64_t index = 0; index < attribute->count && result == 0; index++) {
      const char *string = strings[index] == NULL ? "" : strings[index];
      result = append(&list, string, strlen(string) + 1);
    }
    if (result < 0) rmt_hdf5_set_message("the attribute is too large");
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings);
  }
  free(strings);
  attribute->bytes = list.bytes;
  attribute->byte_count = list.count;
  return result;
}

// Strings of one length, filled up with NULs or spaces.
static int read_fixed_strings(
    hid_t handle, hid_t type, size_t maximum, struct rmt_hdf5_attribute *attribute) {
  size_t width = H5Tget_size(type);
  int padded_with_spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  if (width == 0 || attribute->count > maximum / width)
    return rmt_hdf5_refuse("the attribute is too large");
  char *raw = calloc(attribute->count * width + 1, 1);
  if (raw == NULL) return -1;
  struct list list = {.maximum = maximum + attribute->count};
  int result = H5Aread(handle, type, raw) < 0 ? -1 : 0;
  for (uint64_t index = 0; index < attribute->count && result == 0; index++) {
    const char *string = raw + index * width;
    const char *end = memchr(string, 0, width);
    size_t length = end == NULL ? width : (size_t)(end - string);
    while (padded_with_spaces && length > 0 && string[length - 1] == ' ') length--;
    result = append(&list, string, length);
    if (result == 0) result = append(&list, "", 1);
  }
  free(raw);
  attribute->bytes = list.bytes;
  attribute->byte_count = list.count;
  return result;
}

int rmt_hdf5_read_attribute(
    int64_t file, const char *path, const char *name, size_t maximum_byte_count,
    struct rmt_hdf5_attribute *attribute) {
  rmt_hdf5_begin();
  memset(attribute, 0, sizeof *attribute);
  hid_t object = -1, handle = -1, type = -1, space = -1;
  int result = -1;
  object = H5Oopen((hid_t)file, path, H5P_DEFAULT);
  if (object < 0) goto done;
  htri_t exists = H5Aexists(object, name);
  if (exists < 0) goto done;
  if (exists == 0) {
    result = 0;
    goto done;
  }
  handle = H5Aopen(object, name, H5P_DEFAULT);
  if (handle < 0) goto done;
  type = H5Aget_type(handle);
  space = H5Aget_space(handle);
  if (type < 0 || space < 0) goto done;
  hssize_t count = H5Sget_simple_extent_type(space) == H5S_NULL
      ? 0 : H5Sget_simple_extent_npoints(space);
  if (count < 0) goto done;
  if ((uint64_t)count > maximum_byte_count / sizeof(char *)) {
    rmt_hdf5_refuse("the attribute is too large");
    goto done;
  }
  attribute->count = (uint64_t)count;
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      attribute->kind = RMT_HDF5_ATTRIBUTE_INTEGERS;
      result = count == 0 ? 0 : read_numbers(handle, H5T_NATIVE_INT64, attribute);
      break;
    case H5T_FLOAT:
      attribute->kind = RMT_HDF5_ATTRIBUTE_FLOATS;
      result = count == 0 ? 0 : read_numbers(handle, H5T_NATIVE_DOUBLE, attribute);
      break;
    case H5T_STRING:
      attribute->kind = RMT_HDF5_ATTRIBUTE_STRINGS;
      result = count == 0 ? 0
          : H5Tis_variable_str(type) > 0
          ? read_variable_strings(handle, type, space, maximum_byte_count, attribute)
          : read_fixed_strings(handle, type, maximum_byte_count, attribute);
      break;
    default:
      attribute->kind = RMT_HDF5_ATTRIBUTE_OTHER;
      result = 0;
      break;
  }
done:
  if (result < 0) {
    rmt_hdf5_fail("libhdf5 cannot read the attribute");
    free(attribute->bytes);
    memset(attribute, 0, sizeof *attribute);
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (handle >= 0) H5Aclose(handle);
  if (object >= 0) H5Oclose(object);
  return result;
}
