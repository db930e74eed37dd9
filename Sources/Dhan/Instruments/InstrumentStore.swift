import Domain
import NIOPosix
import Ports
import Synchronization

/// The contracts of the day, kept up to date from a file or an address.
///
/// A path is used as it is and read again when it changes. An address is fetched once a day into a folder of its own; when
/// that fails, the newest fetched file serves, and the report says so. A file that cannot be trusted never replaces one that
/// can.
///
///     let store = InstrumentStore(source: InstrumentSource(text), cacheFolder: "copytrade.db.instruments")
///     let report = try await store.load(now: clock.now())
///     // Now and then, once a minute say:
///     if let report = try await store.refreshIfDue(now: clock.now()) { … }
public final class InstrumentStore: ContractDirectory, Sendable {
  private struct State {
    var table: InstrumentTable?
    var report: InstrumentReport?
    /// What the path was when it was last read, well or badly.
    var lastRead: FileStamp?
    var lastAttempt: Timestamp?
    var isBusy = false
  }

  private let source: InstrumentSource
  private let cache: InstrumentCache
  private let trustRootsFile: String?
  private let limits: InstrumentDownload.Limits
  private let state = Mutex(State())

  /// How long a failed try for a newer file is not repeated.
  static let pause = Microseconds.seconds(300)

  /// - Parameters:
  ///   - cacheFolder: made when an address is fetched; its parent must exist. By custom `<store>.instruments`.
  ///   - trustRootsFile: a PEM file of authorities that are trusted besides the system's own.
  public convenience init(source: InstrumentSource, cacheFolder: String, trustRootsFile: String? = nil) {
    self.init(source: source, cacheFolder: cacheFolder, trustRootsFile: trustRootsFile, limits: .init())
  }

  init(
    source: InstrumentSource, cacheFolder: String, trustRootsFile: String? = nil, limits: InstrumentDownload.Limits
  ) {
    self.source = source
    self.trustRootsFile = trustRootsFile
    self.cache = InstrumentCache(folder: cacheFolder)
    self.limits = limits
  }

  /// The day whose file is due at `time`: a day begins at 08:00 in India, since the broker writes the file anew at some time
  /// of the night (dhan-api-v2.md §9.1) and what is fetched at midnight would be yesterday's.
  public static func fileDay(at time: Timestamp) -> Day { (time + .seconds(-8 * 3_600)).indianDay }

  /// What is in use; `nil` before the first load. `isStale` is as of the last load or refresh.
  public var report: InstrumentReport? { state.withLock { $0.report } }

  public func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
    state.withLock { $0.table?.instrument(segment, securityID) }
  }

  /// Loads the instruments, whatever is loaded already.
  ///
  /// - Throws: ``InstrumentFault`` when there are none to use afterwards. A fault with older ones at hand is in the report.
  public func load(now: Timestamp) async throws(InstrumentFault) -> InstrumentReport {
    guard begin(now) else { throw InstrumentFault(.busy, "The instruments are being loaded already. Wait for that.") }
    defer { end() }
    switch source {
    case .file(let path): return try await read(path, now)
    case .address(let text): return try await fetch(InstrumentAddress(text), now)
    }
  }

  /// Loads newer instruments where a path has changed, or a new day's file is due. `nil` when nothing was to be done.
  ///
  /// - Throws: as ``load(now:)``, so never once something is loaded.
  public func refreshIfDue(now: Timestamp) async throws(InstrumentFault) -> InstrumentReport? {
    let (report, lastRead, lastAttempt, isBusy) = state.withLock { ($0.report, $0.lastRead, $0.lastAttempt, $0.isBusy) }
    if isBusy { return nil }
    switch source {
    case .file(let path): if report != nil, FileStamp(path) == lastRead { return nil }
    case .address:
      if let report, report.day >= InstrumentStore.fileDay(at: now) { return nil }
      // A clock that was set back must not stop the tries for good.
      if let lastAttempt, lastAttempt <= now, now - lastAttempt < InstrumentStore.pause { return nil }
    }
    return try await load(now: now)
  }

  private func begin(_ now: Timestamp) -> Bool {
    state.withLock { state in
      if state.isBusy { return false }
      state.isBusy = true
      state.lastAttempt = now
      return true
    }
  }

  private func end() { state.withLock { $0.isBusy = false } }
}

extension InstrumentStore {
  private func read(_ path: String, _ now: Timestamp) async throws(InstrumentFault) -> InstrumentReport {
    let today = InstrumentStore.fileDay(at: now)
    let stamp = FileStamp(path)
    state.withLock { $0.lastRead = stamp }
    do throws(InstrumentFault) {
      let table = try await table(ofFile: path)
      guard let stamp, FileStamp(path) == stamp else {
        throw InstrumentFault(
          .unreadable, "\(path) was changed while it was read. It is read again with the next refresh.")
      }
      return install(table, source: path, day: stamp.modified.indianDay, today, problem: nil)
    } catch {
      return try keepCurrent(today, problem: error)
    }
  }

  private func fetch(_ address: InstrumentAddress, _ now: Timestamp) async throws(InstrumentFault) -> InstrumentReport {
    let today = InstrumentStore.fileDay(at: now)
    let problem: InstrumentFault
    do throws(InstrumentFault) {
      try cache.prepare()
      if let report = await useCached(today, address, today, problem: nil) { return report }
      let part = try await InstrumentDownload(
        address: address, part: cache.part(of: today), trustRootsFile: trustRootsFile, limits: limits
      ).run()
      defer { withExtendedLifetime(part) {} }
      let table = try await table(ofFile: cache.part(of: today))
      try await blocking { [cache] () throws(InstrumentFault) in try cache.adopt(today) }
      cache.tidy(on: today)
      return install(table, source: "\(address)", day: today, today, problem: nil)
    } catch {
      problem = error
      // What was received whole and cannot be read is of no use to the next try.
      if error.reason == .unreadable { cache.remove(cache.part(of: today)) }
    }
    if let report = try? keepCurrent(today, problem: problem) { return report }
    for day in cache.days where day <= today {
      if let report = await useCached(day, address, today, problem: problem) { return report }
    }
    throw problem
  }

  /// A cached file in use, or `nil` when there is none of that day or it cannot be read any more.
  private func useCached(
    _ day: Day, _ address: InstrumentAddress, _ today: Day, problem: InstrumentFault?
  ) async -> InstrumentReport? {
    guard FileStamp(cache.path(of: day)) != nil, let table = try? await table(ofFile: cache.path(of: day)) else {
      return nil
    }
    return install(table, source: "\(address)", day: day, today, problem: problem)
  }

  private func install(
    _ table: InstrumentTable, source: String, day: Day, _ today: Day, problem: InstrumentFault?
  ) -> InstrumentReport {
    let report = InstrumentReport(
      counts: table.counts, source: source, day: day, isStale: day < today, problem: problem)
    state.withLock { state in
      state.table = table
      state.report = report
    }
    return report
  }

  /// Says of what is in use that nothing newer could be had.
  private func keepCurrent(_ today: Day, problem: InstrumentFault) throws(InstrumentFault) -> InstrumentReport {
    let kept = state.withLock { state in
      state.report = state.report.map {
        InstrumentReport(
          counts: $0.counts, source: $0.source, day: $0.day, isStale: $0.day < today, problem: problem)
      }
      return state.report
    }
    guard let kept else { throw problem }
    return kept
  }

  private func table(ofFile path: String) async throws(InstrumentFault) -> InstrumentTable {
    try await blocking { () throws(InstrumentFault) in try InstrumentFileReader.table(ofFile: path) }
  }

  /// Runs what blocks on a thread that may: reading takes tenths of a second, and the service has few threads of its own.
  private func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws(InstrumentFault) -> Value
  ) async throws(InstrumentFault) -> Value {
    do {
      return try await NIOThreadPool.singleton.runIfActive(body)
    } catch let fault as InstrumentFault {
      throw fault
    } catch {
      throw InstrumentFault(.inputOutput, "The instruments were not read, because the service is stopping.")
    }
  }
}
