import Foundation
import Testing

@Suite("The simulator's command") struct SimulatorCommandTests {
  /// Starts the program in the background, waits for its first line, and goes on with its address in `$A`.
  private static let start = """
    '\(Program.path)' simulator --listen 127.0.0.1:0 > out.txt 2> err.txt &
    P=$!
    n=0
    while [ ! -s out.txt ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
    A=$(sed -n '1s/^listening on //p' out.txt)
    """

  @Test("its first line is its address, it answers there, and a signal ends it with 0", arguments: ["TERM", "INT"])
  func life(signal: String) throws {
    let script = """
      \(Self.start)
      curl -s -m 20 "$A/simulator/positions"
      kill -\(signal) $P
      wait $P
      echo " ended with $?"
      cat err.txt
      """
    let outcome = try Folder().shell(script)
    #expect(outcome.output == "{\"1000000001\":[],\"1000000002\":[],\"1000000003\":[]} ended with 0\n", "\(outcome)")
  }

  @Test("mistakes in its file end with 78 and are told with their lines; an address that is taken ends with 73")
  func mistakes() throws {
    let folder = try Folder()
    let file = try folder.shell("printf 'seed: x\\nswitch: 1\\n' > f.yaml; '\(Program.path)' simulator --faults f.yaml")
    #expect(file.status == 78 && file.output == "")
    #expect(file.diagnostics.contains("f.yaml:1:7: seed") && file.diagnostics.contains("f.yaml:2:1: switch"))
    #expect(try folder.run("simulator", "--faults", "missing.yaml").status == 78)
    #expect(try folder.run("simulator", "--listen", "9010").status == 64)
    #expect(try folder.run("simulator", "--tls-key", "key.pem").status == 64)
    let taken = try folder.shell(
      """
      \(Self.start)
      '\(Program.path)' simulator --listen "${A#http://}"
      echo "ended with $?"
      kill -TERM $P
      wait $P
      """)
    #expect(taken.output == "ended with 73\n" && taken.diagnostics.contains("--listen"), "\(taken)")
  }
}
