import CSQLite
import Domain

/// What SQLite knows about the soundness of a database beyond its rows.
enum IntegrityCheck {
  /// Whether pages, cells and free lists are sound; the messages of what is not.
  static func structure(_ place: LogVerifier.StorePlace) -> [String] {
    // The rows' constraints are implied by what the ranges check, and evaluating them again would take the longest.
    messages(place, "PRAGMA ignore_check_constraints = ON", "PRAGMA quick_check(100)")
  }

  /// The messages of the full check, which names the rows that an index lacks. Slow; for stores known to be damaged.
  static func full(_ place: LogVerifier.StorePlace) -> [String] {
    messages(place, "PRAGMA cell_size_check = ON", "PRAGMA integrity_check(1000)")
  }

  private static func messages(_ place: LogVerifier.StorePlace, _ setting: String, _ check: String) -> [String] {
    do {
      let reader = try place.reader(checksSchema: false)
      try reader.connection.execute(setting)
      return try reader.connection.texts(check).filter { $0 != "ok" }
    } catch let failure as EventStoreError {
      return [failure.message]
    } catch {
      return ["\(error)"]
    }
  }

  /// The sum over the index on event ids, read in its order, which must grow.
  static func identities(_ place: LogVerifier.StorePlace, through last: Int64) -> Result<IdentitySum, EventStoreError> {
    do {
      let reader = try place.reader(checksSchema: false)
      let statement = try reader.connection.prepare(
        "SELECT event_id, sequence FROM events INDEXED BY sqlite_autoindex_events_1 ORDER BY event_id")
      var sum = IdentitySum()
      var previous: EventID?
      while try statement.step() {
        let bytes = statement.bytes(0)
        let sequence = statement.integer(1)
        guard bytes.count == 16 else { return .failure(.damaged("the index on event ids holds a foreign key")) }
        let id = EventID(bytes)
        if let previous, id <= previous { return .failure(.damaged("the index on event ids is out of order")) }
        previous = id
        // What was appended since verifying began is left for the next time.
        if sequence <= last { sum.add(bytes, sequence) }
      }
      return .success(sum)
    } catch let failure as EventStoreError {
      return .failure(failure)
    } catch {
      return .failure(EventStoreError(.internalFault, "\(error)"))
    }
  }

  /// The sequence of a row that a message of SQLite names, such as `row 57 missing from index …`.
  static func sequence(in message: String) -> SequenceNumber? {
    let words = message.split { !($0.isLetter || $0.isNumber) }
    for (word, following) in zip(words, words.dropFirst()) where word == "row" || word == "Rowid" {
      if let number = Int64(following), number > 0 { return SequenceNumber(number) }
    }
    return nil
  }
}
