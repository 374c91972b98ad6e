// Counts the allocations of the whole process.
#ifndef RMT_ALLOCATION_COUNTER_H
#define RMT_ALLOCATION_COUNTER_H

/// Calls of malloc and its relatives since the process began, by all threads; −1 where the C library
/// does not let them be counted.
long allocation_count(void);

#endif
