#ifndef COPYTRADE_CSQLITE_SHIM_H
#define COPYTRADE_CSQLITE_SHIM_H

#include <sqlite3.h>

/* A macro that computes, which Swift does not import. */
static const int copytrade_sqlite_constraint_unique = SQLITE_CONSTRAINT_UNIQUE;

/* sqlite3_db_config takes variable arguments, which Swift does not import. */
static inline int copytrade_sqlite_configure(sqlite3 *db, int option, int on) {
  int now = 0;
  int code = sqlite3_db_config(db, option, on, &now);
  return code == SQLITE_OK && now != on ? SQLITE_ERROR : code;
}

#endif
