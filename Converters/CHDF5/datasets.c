// What a dataset is, and its rows.
#include "errors.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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
  rmt_hdf5_begin();
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
  if (result < 0) rmt_hdf5_fail("libhdf5 cannot describe the dataset");
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (handle >= 0) H5Dclose(handle);
  return result;
}

int rmt_hdf5_read_rows(
    int64_t file, const char *path, uint64_t first_row, uint64_t row_count, void *destination,
    size_t byte_count) {
  rmt_hdf5_begin();
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
      rmt_hdf5_refuse("the rows are outside the dataset");
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
    rmt_hdf5_refuse("the dataset is not what it was when the file was opened");
    goto done;
  }
  memory_space = rank > 0 ? H5Screate_simple(rank, counts, NULL) : H5Screate(H5S_SCALAR);
  if (memory_space < 0) goto done;
  if (H5Dread(handle, memory_type, memory_space, file_space, H5P_DEFAULT, destination) < 0)
    goto done;
  result = 0;
done:
  if (result < 0) rmt_hdf5_fail("libhdf5 cannot read the dataset");
  if (memory_space >= 0) H5Sclose(memory_space);
  if (file_space >= 0) H5Sclose(file_space);
  if (memory_type >= 0) H5Tclose(memory_type);
  if (file_type >= 0) H5Tclose(file_type);
  if (handle >= 0) H5Dclose(handle);
  return result;
}
