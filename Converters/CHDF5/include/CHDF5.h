// What Swift needs of libhdf5: its type and property constants are macros over C globals,
// which Swift 6 refuses as not concurrency-safe, so they are reached through functions here.
#ifndef RMT_CHDF5_H
#define RMT_CHDF5_H
#include <hdf5.h>
#endif
