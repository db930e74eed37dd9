import Domain

/// What became of an operator's command.
public enum CommandReply: Hashable, Sendable {
  /// Durable; the newest event of the log is this one.
  case recorded(SequenceNumber)
  case unknownFollower(FollowerName)
  /// It cannot be followed, with the reason in words.
  case refused(String)
  /// The log takes no events now; the command is tried again with everything else.
  case notRecorded
}
