import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Tokens") struct TokenTests {
  @Test("S12: a token works for 24 hours; dead ones are refused in both forms")
  func expiry() {
    var bench = CoreBench()
    bench.now = bench.now + .seconds(86_399)
    #expect(bench.get("/v2/profile").status == 200)
    bench.now = bench.now + .seconds(1)
    let dead = bench.get("/v2/profile")
    #expect(dead.refusal == "401 DH-901" && dead.message.contains("invalid or expired"))
    _ = bench.control(.post, "switches", #"{"dead_token":"invalid_token"}"#)
    #expect(bench.get("/v2/orders").refusal == "400 DH-906" && bench.get("/v2/orders").message == "Invalid Token")
  }

  @Test("S12: a minted token is the only one that works, and the next is minted two minutes later")
  func minting() throws {
    var bench = CoreBench()
    let query = ["dhanClientId": "1000000002", "pin": "123456", "totp": "000000"]
    let minted = Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)
    let token = try #require(minted["accessToken"] as? String)
    #expect(minted["expiryTime"] as? String == "2026-11-26T10:00:00.000")
    #expect(token.split(separator: ".").count == 3)
    #expect(bench.get("/v2/profile").status == 401)
    #expect(bench.send(.get, "/v2/profile", token: token).reply.status == 200)
    let soon = Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)
    #expect(
      soon["status"] as? String == "error"
        && soon["message"] as? String == "Token can be generated once every 2 minutes.")
    bench.now = bench.now + .seconds(120)
    #expect(Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)["accessToken"] != nil)
  }

  @Test("S12: a wrong pin or code is refused in the shape of E9; the code follows RFC 6238")
  func totp() {
    var bench = CoreBench {
      $0.switches.checksTOTP = true
      $0.accounts[1].pin = "123456"
      $0.accounts[1].totpSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    }
    func mint(_ pin: String, _ code: String) -> Answer {
      Answer(
        bench.send(
          .post, "/app/generateAccessToken", query: ["dhanClientId": "1000000002", "pin": pin, "totp": code]
        ).reply)
    }
    // The RFC's own vector, of its own secret: 59 s is window 1, and 94287082 in eight digits.
    #expect(SimulatorCore.code(Array("12345678901234567890".utf8), window: 1) == "287082")
    let code = SimulatorCore.code(
      Array("12345678901234567890".utf8), window: bench.now.microseconds / 30_000_000)
    #expect(mint("654321", code)["message"] as? String == "Invalid Pin")
    #expect(mint("123456", code == "000000" ? "000001" : "000000")["message"] as? String == "Invalid TOTP")
    #expect(mint("123456", code)["accessToken"] != nil)
  }

  @Test("S12: a living token is renewed by GET and dies with it; POST is refused")
  func renewal() throws {
    var bench = CoreBench()
    #expect(bench.send(.post, "/v2/RenewToken").reply.status == 400)
    let token = try #require(bench.get("/v2/RenewToken")["accessToken"] as? String)
    #expect(bench.get("/v2/profile").status == 401)
    #expect(bench.send(.get, "/v2/profile", token: token).reply.status == 200)
  }

  @Test("S12: the profile spells its segments in words or, by switch, in letters")
  func profile() {
    var bench = CoreBench()
    let words = bench.get("/v2/profile")
    #expect(words["activeSegment"] as? String == "Equity, Derivative, Currency, Commodity")
    #expect(words["tokenValidity"] as? String == "26/11/2026 10:00")
    _ = bench.control(.post, "switches", #"{"active_segment":"letters"}"#)
    #expect(bench.get("/v2/profile")["activeSegment"] as? String == "E, D, C, M, ")
  }
}
