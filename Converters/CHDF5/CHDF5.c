#include "CHDF5.h"

#include <hdf5.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(hid_t) <= sizeof(int64_t), "a handle fits in 64 bits");

static char message[512];

static void set_message(const char *text) {
  strncpy(message, text, sizeof message - 1);
  message[sizeof message - 1] = 0;
}

const char *rmt_hdf5_message(void) { return message; }

// Entry number 0 of an upward walk is the innermost: what went wrong first.
static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *unused) {
  (void)unused;
  if (n == 0 && error->desc != NULL) set_message(error->desc);
  return 0;
}

// Every function begins so: no printing, no leftovers of an earlier failure.
static void begin(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5Eclear2(H5E_DEFAULT);
  message[0] = 0;
}

static int fail(const char *fallback) {
  if (message[0] == 0) {
    set_message(fallback);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, NULL);
  }
  H5Eclear2(H5E_DEFAULT);
  return -1;
}

// A failure of our own rules, about which libhdf5's stack says nothing.
static int refuse(const char *reason) {
  set_message(reason);
  H5Eclear2(H5E_DEFAULT);
  return -1;
}

int64_t rmt_hdf5_open(const char *path) {
  begin();
  // A file must not choose code that this process loads.
  H5PLset_loading_state(0);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return fail("libhdf5 cannot create a property list");
  hid_t file = -1;
  if (H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 12 && H5_VERS_RELEASE < 1)
    H5Pset_file_locking(access, 0, 1);
#endif
    file = H5Fopen(path, H5F_ACC_RDONLY, access);
  }
  if (file < 0) fail("libhdf5 cannot open the file");
  H5Pclose(access);
  return file;
}

void rmt_hdf5_close(int64_t file) {
  begin();
  H5Fclose((hid_t)file);
}

// MARK: Groups

struct list {
  unsigned char *bytes;
  size_t count, capacity, maximum;
};

static int append(struct list *list, const void *bytes, size_t count) {
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

static unsigned char kind_of_object(hid_t group, const char *name) {
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return RMT_HDF5_OTHER_LINK;
  H5I_type_t type = H5Iget_type(object);
  H5Oclose(object);
  switch (type) {
    case H5I_GROUP: return RMT_HDF5_GROUP;
    case H5I_DATASET: return RMT_HDF5_DATASET;
    case H5I_DATATYPE: return RMT_HDF5_NAMED_TYPE;
    default: return RMT_HDF5_OTHER_LINK;
  }
}

static herr_t list_link(hid_t group, const char *name, const H5L_info_t *link, void *context) {
  struct list *list = context;
  unsigned char kind;
  switch (link->type) {
    case H5L_TYPE_HARD: kind = kind_of_object(group, name); break;
    case H5L_TYPE_SOFT: kind = RMT_HDF5_SOFT_LINK; break;
    case H5L_TYPE_EXTERNAL: kind = RMT_HDF5_EXTERNAL_LINK; break;
    default: kind = RMT_HDF5_OTHER_LINK; break;
  }
  if (append(list, &kind, 1) < 0 || append(list, name, strlen(name) + 1) < 0) {
    set_message("the group's members are too many to list");
    return -1;
  }
  return 0;
}

int rmt_hdf5_list(
    int64_t file, const char *path, size_t maximum_byte_count, unsigned char **bytes,
    size_t *byte_count) {
  begin();
  *bytes = NULL;
  *byte_count = 0;
  hid_t group = H5Gopen2((hid_t)file, path, H5P_DEFAULT);
  if (group < 0) return fail("libhdf5 cannot open the group");
  struct list list = {.maximum = maximum_byte_count};
  herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, list_link, &list);
  int result = 0;
  if (status < 0) {
    result = fail("libhdf5 cannot list the group");
    free(list.bytes);
  } else {
    *bytes = list.bytes;
    *byte_count = list.count;
  }
  H5Gclose(group);
  return result;
}

// MARK: Datasets

// IEEE 754 binary16/32/64 and bfloat16, told by the places of their bits, in either byte order.
static int class_of_float(hid_t type) {
  size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
  if (H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) < 0)
    return RMT_HDF5_UNSUPPORTED;
  size_t bits = H5Tget_size(type) * 8;
  if (H5Tget_precision(type) != bits || H5Tget_offset(type) != 0 || mantissa != 0
      || exponent != mantissa_bits || sign != exponent + exponent_bits || sign + 1 != bits
      || H5Tget_norm(type) != H5T_NORM_IMPLIED)
    return RMT_HDF5_UNSUPPORTED;
  H5T_order_t order = H5Tget_order(type);
  if (order != H5T_ORDER_LE && order != H5T_ORDER_BE) return RMT_HDF5_UNSUPPORTED;
  size_t bias = H5Tget_ebias(type);
  if (bits == 16 && exponent_bits == 8 && bias == 127) return RMT_HDF5_BFLOAT;
  if ((bits == 16 && exponent_bits == 5 && bias == 15)
      || (bits == 32 && exponent_bits == 8 && bias == 127)
      || (bits == 64 && exponent_bits == 11 && bias == 1023))
    return RMT_HDF5_IEEE_FLOAT;
  return RMT_HDF5_UNSUPPORTED;
}

static int class_of_integer(hid_t type) {
  size_t bytes = H5Tget_size(type);
  if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) return RMT_HDF5_UNSUPPORTED;
  if (H5Tget_precision(type) != bytes * 8 || H5Tget_offset(type) != 0) return RMT_HDF5_UNSUPPORTED;
  H5T_order_t order = H5Tget_order(type);
  if (order != H5T_ORDER_LE && order != H5T_ORDER_BE) return RMT_HDF5_UNSUPPORTED;
  return H5Tget_sign(type) == H5T_SGN_NONE ? RMT_HDF5_UNSIGNED : RMT_HDF5_SIGNED;
}

static void describe_type(hid_t type, struct rmt_hdf5_dataset *dataset) {
  dataset->element_byte_count = H5Tget_size(type);
  dataset->element_class = RMT_HDF5_UNSUPPORTED;
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      dataset->class_name = "an integer of unusual width";
      dataset->element_class = class_of_integer(type);
      break;
    case H5T_FLOAT:
      dataset->class_name = "a floating-point type that is not IEEE 754";
      dataset->element_class = class_of_float(type);
      break;
    case H5T_STRING: dataset->class_name = "text"; break;
    case H5T_OPAQUE: dataset->class_name = "opaque bytes"; break;
    case H5T_COMPOUND: dataset->class_name = "a compound type"; break;
    case H5T_ENUM: dataset->class_name = "an enumeration"; break;
    default: dataset->class_name = "no number"; break;
  }
}

static int describe_storage(hid_t handle, struct rmt_hdf5_dataset *dataset) {
  hid_t creation = H5Dget_create_plist(handle);
  if (creation < 0) return -1;
  int result = 0;
  switch (H5Pget_layout(creation)) {
    case H5D_COMPACT: dataset->layout = RMT_HDF5_COMPACT; break;
    case H5D_CONTIGUOUS: dataset->layout = RMT_HDF5_CONTIGUOUS; break;
    case H5D_VIRTUAL: dataset->layout = RMT_HDF5_VIRTUAL; break;
    case H5D_CHUNKED: {
      dataset->layout = RMT_HDF5_CHUNKED;
      hsize_t lengths[RMT_HDF5_MAXIMUM_RANK];
      int rank = H5Pget_chunk(creation, RMT_HDF5_MAXIMUM_RANK, lengths);
      if (rank < 0 || rank > RMT_HDF5_MAXIMUM_RANK) {
        result = -1;
        break;
      }
      uint64_t count = 1;
      for (int axis = 0; axis < rank; axis++)
        if (__builtin_mul_overflow(count, (uint64_t)lengths[axis], &count)) {
          count = UINT64_MAX;
          break;
        }
      dataset->chunk_element_count = count;
      break;
    }
    default: result = -1; break;
  }
  if (result == 0) {
    dataset->external_file_count = H5Pget_external_count(creation);
    if (dataset->external_file_count < 0) result = -1;
  }
  H5Pclose(creation);
  // What lies in other files is refused unmeasured.
  if (result < 0 || dataset->external_file_count > 0 || dataset->layout == RMT_HDF5_VIRTUAL)
    return result;
  dataset->stored_byte_count = H5Dget_storage_size(handle);
  haddr_t offset = H5Dget_offset(handle);
  dataset->offset = offset == HADDR_UNDEF ? UINT64_MAX : offset;
  return 0;
}

int rmt_hdf5_describe(int64_t file, const char *path, struct rmt_hdf5_dataset *dataset) {
  begin();
  memset(dataset, 0, sizeof *dataset);
  hid_t handle = -1, type = -1, space = -1;
  int result = -1;
  handle = H5Dopen2((hid_t)file, path, H5P_DEFAULT);
  if (handle < 0) goto done;
  type = H5Dget_type(handle);
  space = H5Dget_space(handle);
  if (type < 0 || space < 0) goto done;
  describe_type(type, dataset);
  dataset->has_no_data = H5Sget_simple_extent_type(space) == H5S_NULL;
  if (!dataset->has_no_data) {
    dataset->rank = H5Sget_simple_extent_ndims(space);
    if (dataset->rank < 0 || dataset->rank > RMT_HDF5_MAXIMUM_RANK) goto done;
    hsize_t lengths[RMT_HDF5_MAXIMUM_RANK];
    if (dataset->rank > 0 && H5Sget_simple_extent_dims(space, lengths, NULL) < 0) goto done;
    for (int axis = 0; axis < dataset->rank; axis++) dataset->dimensions[axis] = lengths[axis];
  }
  result = describe_storage(handle, dataset);
done:
  if (result < 0) fail("libhdf5 cannot describe the dataset");
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (handle >= 0) H5Dclose(handle);
  return result;
}

int rmt_hdf5_read_rows(
    int64_t file, const char *path, uint64_t first_row, uint64_t row_count, void *destination,
    size_t byte_count) {
  begin();
  hid_t handle = -1, file_type = -1, memory_type = -1, file_space = -1, memory_space = -1;
  int result = -1;
  handle = H5Dopen2((hid_t)file, path, H5P_DEFAULT);
  if (handle < 0) goto done;
  file_type = H5Dget_type(handle);
  file_space = H5Dget_space(handle);
  if (file_type < 0 || file_space < 0) goto done;
  // The type of the file with its bytes put little-endian: libhdf5 swaps them where needed.
  memory_type = H5Tcopy(file_type);
  if (memory_type < 0) goto done;
  if (H5Tget_size(memory_type) > 1 && H5Tset_order(memory_type, H5T_ORDER_LE) < 0) goto done;

  int rank = H5Sget_simple_extent_ndims(file_space);
  if (rank < 0 || rank > RMT_HDF5_MAXIMUM_RANK) goto done;
  hsize_t starts[RMT_HDF5_MAXIMUM_RANK] = {0}, counts[RMT_HDF5_MAXIMUM_RANK];
  if (rank > 0) {
    if (H5Sget_simple_extent_dims(file_space, counts, NULL) < 0) goto done;
    if (first_row > counts[0] || row_count > counts[0] - first_row) {
      refuse("the rows are outside the dataset");
      goto done;
    }
    starts[0] = first_row;
    counts[0] = row_count;
    if (H5Sselect_hyperslab(file_space, H5S_SELECT_SET, starts, NULL, counts, NULL) < 0) goto done;
  }
  uint64_t count = 1;
  for (int axis = 0; axis < rank; axis++)
    if (__builtin_mul_overflow(count, (uint64_t)counts[axis], &count)) goto done;
  if (__builtin_mul_overflow(count, (uint64_t)H5Tget_size(memory_type), &count)
      || count != byte_count) {
    refuse("the dataset is not what it was when the file was opened");
    goto done;
  }
  memory_space = rank > 0 ? H5Screate_simple(rank, counts, NULL) : H5Screate(H5S_SCALAR);
  if (memory_space < 0) goto done;
  if (H5Dread(handle, memory_type, memory_space, file_space, H5P_DEFAULT, destination) < 0)
    goto done;
  result = 0;
done:
  if (result < 0) fail("libhdf5 cannot read the dataset");
  if (memory_space >= 0) H5Sclose(memory_space);
  if (file_space >= 0) H5Sclose(file_space);
  if (memory_type >= 0) H5Tclose(memory_type);
  if (file_type >= 0) H5Tclose(file_type);
  if (handle >= 0) H5Dclose(handle);
  return result;
}

// MARK: Attributes

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
    if (result < 0) set_message("the attribute is too large");
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
    return refuse("the attribute is too large");
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
  begin();
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
    refuse("the attribute is too large");
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
    fail("libhdf5 cannot read the attribute");
    free(attribute->bytes);
    memset(attribute, 0, sizeof *attribute);
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (handle >= 0) H5Aclose(handle);
  if (object >= 0) H5Oclose(object);
  return result;
}
