// Files and what lies in their groups.
#include "byte_list.h"
#include "errors.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

int64_t rmt_hdf5_open(const char *path) {
  rmt_hdf5_begin();
  // A file must not choose code that this process loads.
  H5PLset_loading_state(0);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return rmt_hdf5_fail("libhdf5 cannot create a property list");
  hid_t file = -1;
  if (H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 12 && H5_VERS_RELEASE < 1)
    H5Pset_file_locking(access, 0, 1);
#endif
    file = H5Fopen(path, H5F_ACC_RDONLY, access);
  }
  if (file < 0) rmt_hdf5_fail("libhdf5 cannot open the file");
  H5Pclose(access);
  return file;
}

void rmt_hdf5_close(int64_t file) {
  rmt_hdf5_begin();
  H5Fclose((hid_t)file);
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
    rmt_hdf5_set_message("the group's members are too many to list");
    return -1;
  }
  return 0;
}

int rmt_hdf5_list(
    int64_t file, const char *path, size_t maximum_byte_count, unsigned char **bytes,
    size_t *byte_count) {
  rmt_hdf5_begin();
  *bytes = NULL;
  *byte_count = 0;
  hid_t group = H5Gopen2((hid_t)file, path, H5P_DEFAULT);
  if (group < 0) return rmt_hdf5_fail("libhdf5 cannot open the group");
  struct list list = {.maximum = maximum_byte_count};
  herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, list_link, &list);
  int result = 0;
  if (status < 0) {
    result = rmt_hdf5_fail("libhdf5 cannot list the group");
    free(list.bytes);
  } else {
    *bytes = list.bytes;
    *byte_count = list.count;
  }
  H5Gclose(group);
  return result;
}
