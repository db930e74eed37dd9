import Daemon
import Testing

@Suite("Exit status") struct ExitStatusTests {
  @Test("the numbers are those of the public interface") func numbers() {
    #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 69, 70, 73, 75, 77, 78])
  }

  @Test("an error that knows no status is a fault of our own") func unknown() {
    struct Strange: Error {}
    #expect(ExitStatus(for: Strange()) == .ownFault)
    #expect(ExitStatus(for: ConfigurationFailure(file: "a", mistakes: [])) == .configuration)
  }
}
