/// Room on the disk of the log, and what is set aside of it for the worst moment (rule 37).
public protocol LogSpace: AnyObject {
  /// How many bytes can still be written, beside the reserve; `nil` where nobody can say.
  var free: Int64? { get }
  /// How many bytes the reserve takes.
  var reserveLength: Int64 { get }
  var hasReserve: Bool { get }
  /// Sets the reserve aside, where there is room for it.
  ///
  /// - Returns: whether it is there now.
  func makeReserve() -> Bool
  /// Gives the reserve back, so that the log can be written a little longer.
  ///
  /// - Returns: whether there was one.
  func releaseReserve() -> Bool
}
