/* The floor of a durable commit: bare SQLite transactions of rows like the event log's, without index, checks and hashes.
 *
 *   commits STORE       for each line with a number N on standard input: appends N rows in one transaction and answers
 *                       with its nanoseconds
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void must(int code, int wanted, sqlite3 *db, const char *what) {
  if (code == wanted) return;
  fprintf(stderr, "commits: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static void run(sqlite3 *db, const char *sql) { must(sqlite3_exec(db, sql, 0, 0, 0), SQLITE_OK, db, sql); }

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0), SQLITE_OK, db, sql);
  return statement;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: commits STORE\n");
    return 64;
  }
  sqlite3 *db;
  must(sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, 0), SQLITE_OK,
       db, argv[1]);
  run(db, "PRAGMA journal_mode = WAL");
  run(db, "PRAGMA synchronous = FULL");
  run(db, "PRAGMA wal_autocheckpoint = 0");
  run(db,
      "CREATE TABLE events(sequence INTEGER PRIMARY KEY, stream TEXT NOT NULL, stream_version INTEGER NOT NULL,"
      " event_id BLOB NOT NULL, type TEXT NOT NULL, schema_version INTEGER NOT NULL, recorded_at INTEGER NOT NULL,"
      " occurred_at INTEGER NOT NULL, causation INTEGER, correlation TEXT, payload TEXT NOT NULL,"
      " previous_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT");
  sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
  sqlite3_stmt *insert = prepare(
      db, "INSERT INTO events VALUES(?1,'follower/f1',?1,?2,'placement_requested',1,?1,?1,1,'ct-0123456789abcdefghijk',?3,?4,?4)");
  char payload[601], hash[32] = {0};
  memset(payload, 'a', 600);
  payload[600] = 0;
  char line[64];
  sqlite3_int64 sequence = 0;
  while (fgets(line, sizeof line, stdin)) {
    long rows = atol(line);
    long long start = now();
    must(sqlite3_step(begin), SQLITE_DONE, db, "begin");
    sqlite3_reset(begin);
    for (long i = 0; i < rows; i++) {
      sequence++;
      sqlite3_bind_int64(insert, 1, sequence);
      sqlite3_bind_blob(insert, 2, hash, 16, SQLITE_STATIC);
      sqlite3_bind_text(insert, 3, payload, 600, SQLITE_STATIC);
      sqlite3_bind_blob(insert, 4, hash, 32, SQLITE_STATIC);
      must(sqlite3_step(insert), SQLITE_DONE, db, "insert");
      sqlite3_reset(insert);
    }
    must(sqlite3_step(commit), SQLITE_DONE, db, "commit");
    sqlite3_reset(commit);
    printf("%lld\n", now() - start);
    fflush(stdout);
  }
  sqlite3_close(db);
  return 0;
}
