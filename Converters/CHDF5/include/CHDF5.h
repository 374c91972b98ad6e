// What the HDF5 target needs of libhdf5, as few plain C functions over 64-bit handles.
//
// Swift never sees libhdf5's own header: its type and property constants are macros over C
// globals, which Swift 6 refuses as not concurrency-safe, and its iteration wants C callbacks.
//
// Contract of every function here:
// - libhdf5 is not thread-safe: the caller holds one process-wide lock around each call and around
//   the reading of rmt_hdf5_message().
// - libhdf5's error stack is silenced; after a failure the innermost description of that stack is
//   in rmt_hdf5_message().
// - All handles that a function opens are closed before it returns, the file's excepted.
#ifndef RMT_CHDF5_H
#define RMT_CHDF5_H

#include <stddef.h>
#include <stdint.h>

// Why the last failed call failed, NUL-terminated; valid until the next call.
const char *rmt_hdf5_message(void);

// Opens a file for reading, without file locks and without loading filter plug-ins.
// Returns the handle, or a negative number.
int64_t rmt_hdf5_open(const char *path);
void rmt_hdf5_close(int64_t file);

enum rmt_hdf5_link_kind {
  RMT_HDF5_GROUP = 1,
  RMT_HDF5_DATASET = 2,
  RMT_HDF5_NAMED_TYPE = 3,
  RMT_HDF5_SOFT_LINK = 4,
  RMT_HDF5_EXTERNAL_LINK = 5,
  RMT_HDF5_OTHER_LINK = 6,
};

// The members of the group at `path` in the order of their names: for each one byte of
// rmt_hdf5_link_kind, the name and a NUL. Free `*bytes` with free().
// Returns 0, or -1; fails when the names take more than `maximum_byte_count` bytes.
int rmt_hdf5_list(
    int64_t file, const char *path, size_t maximum_byte_count, unsigned char **bytes,
    size_t *byte_count);

enum rmt_hdf5_element_class {
  RMT_HDF5_UNSUPPORTED = 0,
  RMT_HDF5_SIGNED = 1,
  RMT_HDF5_UNSIGNED = 2,
  RMT_HDF5_IEEE_FLOAT = 3,
  RMT_HDF5_BFLOAT = 4,
};

enum rmt_hdf5_layout {
  RMT_HDF5_COMPACT = 0,
  RMT_HDF5_CONTIGUOUS = 1,
  RMT_HDF5_CHUNKED = 2,
  RMT_HDF5_VIRTUAL = 3,
};

#define RMT_HDF5_MAXIMUM_RANK 32

struct rmt_hdf5_dataset {
  int element_class;            // rmt_hdf5_element_class
  const char *class_name;       // libhdf5's class in words, for messages
  uint64_t element_byte_count;
  int has_no_data;              // 1 for a null dataspace
  int rank;
  uint64_t dimensions[RMT_HDF5_MAXIMUM_RANK];
  int layout;                   // rmt_hdf5_layout
  int external_file_count;
  uint64_t stored_byte_count;   // as stored, after filters
  uint64_t offset;              // of contiguous data in the file; UINT64_MAX when there is none
  uint64_t chunk_element_count; // saturated; 0 unless chunked
};

// Describes the dataset at `path`. Returns 0 or -1.
int rmt_hdf5_describe(int64_t file, const char *path, struct rmt_hdf5_dataset *dataset);

// Reads rows [first_row, first_row + row_count) of the outermost axis of the dataset at `path`,
// little-endian, in C order; a scalar is read whole. `byte_count` must be what the rows take.
// Returns 0 or -1.
int rmt_hdf5_read_rows(
    int64_t file, const char *path, uint64_t first_row, uint64_t row_count, void *destination,
    size_t byte_count);

enum rmt_hdf5_attribute_kind {
  RMT_HDF5_ATTRIBUTE_ABSENT = 0,
  RMT_HDF5_ATTRIBUTE_STRINGS = 1,   // `bytes`: each string and a NUL
  RMT_HDF5_ATTRIBUTE_INTEGERS = 2,  // `bytes`: int64_t
  RMT_HDF5_ATTRIBUTE_FLOATS = 3,    // `bytes`: double
  RMT_HDF5_ATTRIBUTE_OTHER = 4,     // a type that nothing here reads
};

struct rmt_hdf5_attribute {
  int kind;  // rmt_hdf5_attribute_kind
  uint64_t count;
  unsigned char *bytes;
  size_t byte_count;
};

// Reads the attribute `name` of the group or dataset at `path`; free `attribute->bytes` with
// free(). Returns 0 or -1; fails when it takes more than `maximum_byte_count` bytes.
int rmt_hdf5_read_attribute(
    int64_t file, const char *path, const char *name, size_t maximum_byte_count,
    struct rmt_hdf5_attribute *attribute);

#endif
