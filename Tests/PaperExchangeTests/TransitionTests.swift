import Domain
import Testing

@testable import PaperExchange

@Suite("An order's course") struct TransitionTests {
  @Test("a taken order is TRANSIT and turns PENDING only after the transit delay") func transit() {
    var settings = PaperSettings.immediate()
    settings.transitDelay = .exactly(.milliseconds(50))
    var bench = Bench(settings)
    bench.quote(Paise(15_200), Paise(15_240))
    let id = bench.place(Bench.ticket(.buy, 65, at: Paise(15_200)))
    #expect(bench.order(id)?.status == .transit)
    bench.wait(.milliseconds(49))
    #expect(bench.order(id)?.status == .transit)
    bench.wait(.milliseconds(1))
    #expect(bench.order(id)?.status == .pending)
    #expect(bench.course(of: id) == ["TRANSIT 0", "PENDING 0"])
  }
}
