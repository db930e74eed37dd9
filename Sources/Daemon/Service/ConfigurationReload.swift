import Domain
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Reads the configuration again when SIGHUP comes.
///
/// A file with mistakes changes nothing: they are logged, and the service goes on with what it has.
public final class ConfigurationReload: Service {
  private let file: String
  private let asked = Atomic<Bool>(false)
  private let logger: Logger

  public init(file: String, logger: Logger) {
    self.file = file
    self.logger = logger
  }

  public func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() { asked.store(true, ordering: .releasing) }
  }

  /// The configuration to go on with, once after each signal; `nil` while nobody asked or the file has mistakes.
  public func take(replacing current: Configuration) -> Configuration? {
    guard asked.exchange(false, ordering: .acquiringAndReleasing) else { return nil }
    let check = ConfigurationCheck(file: file, purpose: .run)
    guard let new = try? check.configuration() else {
      for mistake in check.mistakes {
        logger.error("the configuration is not taken over: \(mistake)", metadata: ["file": "\(file)"])
      }
      return nil
    }
    let reloaded = current.reloading(new)
    for section in reloaded.leftOut {
      logger.warning("changed in the file, and in force only after the next start: \(section)")
    }
    logger.notice(
      "limits, sizing and filters are read again, and the dates of the market", metadata: ["file": "\(file)"])
    return reloaded.configuration
  }
}
