/* The floor: the same SQLite transactions as the event log's, by a program that does nothing else.
 *
 *   floor build SOURCE TARGET   copies the events of a store into a table of the same columns, without index, checks
 *                               and triggers
 *   floor serve TARGET          takes commands on standard input, one a line:
 *     load SOURCE FROM THROUGH    reads rows of a store into memory
 *     commit SIZE SIZE ...        appends the rows loaded, SIZE of them in each transaction; answers with the
 *                                 nanoseconds of each
 *     checkpoint                  empties the write-ahead log
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS 13

typedef struct {
  int type[COLUMNS];
  sqlite3_int64 number[COLUMNS];
  int length[COLUMNS];
  char *bytes[COLUMNS];
} row;

static row *rows;
static size_t count, next;

static void must(int code, int wanted, sqlite3 *db, const char *what) {
  if (code == wanted) return;
  fprintf(stderr, "floor: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static void run(sqlite3 *db, const char *sql) { must(sqlite3_exec(db, sql, 0, 0, 0), SQLITE_OK, db, sql); }

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0), SQLITE_OK, db, sql);
  return statement;
}

static sqlite3 *open_database(const char *path, int flags) {
  sqlite3 *db;
  must(sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, 0), SQLITE_OK, db, path);
  return db;
}

static void build(const char *source, const char *target) {
  sqlite3 *db = open_database(target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  char attach[4096];
  snprintf(attach, sizeof attach, "ATTACH '%s' AS source", source);
  run(db, "PRAGMA journal_mode = OFF");
  run(db, "PRAGMA synchronous = OFF");
  run(db,
      "CREATE TABLE events(sequence INTEGER PRIMARY KEY, stream TEXT NOT NULL, stream_version INTEGER NOT NULL,"
      " event_id BLOB NOT NULL, type TEXT NOT NULL, schema_version INTEGER NOT NULL, recorded_at INTEGER NOT NULL,"
      " occurred_at INTEGER NOT NULL, causation INTEGER, correlation TEXT, payload TEXT NOT NULL,"
      " previous_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT");
  run(db, attach);
  run(db, "INSERT INTO main.events SELECT * FROM source.events ORDER BY sequence");
  sqlite3_close(db);
}

static void load(const char *source, long long from, long long through) {
  for (size_t i = 0; i < count; i++)
    for (int c = 0; c < COLUMNS; c++) free(rows[i].bytes[c]);
  rows = realloc(rows, sizeof(row) * (size_t)(through - from + 1));
  count = next = 0;
  sqlite3 *db = open_database(source, SQLITE_OPEN_READONLY);
  sqlite3_stmt *scan = prepare(db, "SELECT * FROM events WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence");
  sqlite3_bind_int64(scan, 1, from);
  sqlite3_bind_int64(scan, 2, through);
  while (sqlite3_step(scan) == SQLITE_ROW) {
    row *r = &rows[count++];
    for (int c = 0; c < COLUMNS; c++) {
      r->type[c] = sqlite3_column_type(scan, c);
      r->number[c] = sqlite3_column_int64(scan, c);
      r->length[c] = sqlite3_column_bytes(scan, c);
      r->bytes[c] = 0;
      if (r->type[c] == SQLITE_TEXT || r->type[c] == SQLITE_BLOB) {
        r->bytes[c] = malloc((size_t)r->length[c] + 1);
        memcpy(r->bytes[c], sqlite3_column_blob(scan, c), (size_t)r->length[c]);
      }
    }
  }
  sqlite3_finalize(scan);
  sqlite3_close(db);
  printf("%zu\n", count);
}

static void insert_row(sqlite3 *db, sqlite3_stmt *insert, const row *r) {
  for (int c = 0; c < COLUMNS; c++) {
    if (r->type[c] == SQLITE_INTEGER)
      sqlite3_bind_int64(insert, c + 1, r->number[c]);
    else if (r->type[c] == SQLITE_TEXT)
      sqlite3_bind_text(insert, c + 1, r->bytes[c], r->length[c], SQLITE_STATIC);
    else if (r->type[c] == SQLITE_BLOB)
      sqlite3_bind_blob(insert, c + 1, r->bytes[c], r->length[c], SQLITE_STATIC);
    else
      sqlite3_bind_null(insert, c + 1);
  }
  must(sqlite3_step(insert), SQLITE_DONE, db, "insert");
  sqlite3_reset(insert);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void serve(const char *target) {
  sqlite3 *db = open_database(target, SQLITE_OPEN_READWRITE);
  run(db, "PRAGMA journal_mode = WAL");
  run(db, "PRAGMA synchronous = FULL");
  run(db, "PRAGMA wal_autocheckpoint = 0");
  sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
  sqlite3_stmt *insert = prepare(db, "INSERT INTO events VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
  char *line = 0;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    char *word = strtok(line, " \n");
    if (!word) continue;
    if (!strcmp(word, "load")) {
      char *source = strtok(0, " \n");
      long long from = atoll(strtok(0, " \n"));
      load(source, from, atoll(strtok(0, " \n")));
    } else if (!strcmp(word, "commit")) {
      for (char *size = strtok(0, " \n"); size; size = strtok(0, " \n")) {
        long wanted = atol(size);
        long long start = now();
        must(sqlite3_step(begin), SQLITE_DONE, db, "begin");
        sqlite3_reset(begin);
        for (long i = 0; i < wanted && next < count; i++) insert_row(db, insert, &rows[next++]);
        must(sqlite3_step(commit), SQLITE_DONE, db, "commit");
        sqlite3_reset(commit);
        printf("%lld ", now() - start);
      }
      printf("\n");
    } else if (!strcmp(word, "checkpoint")) {
      must(sqlite3_wal_checkpoint_v2(db, 0, SQLITE_CHECKPOINT_PASSIVE, 0, 0), SQLITE_OK, db, "checkpoint");
      printf("done\n");
    }
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "build")) {
    build(argv[2], argv[3]);
  } else if (argc == 3 && !strcmp(argv[1], "serve")) {
    serve(argv[2]);
  } else {
    fprintf(stderr, "usage: floor build SOURCE TARGET | floor serve TARGET\n");
    return 64;
  }
  return 0;
}
