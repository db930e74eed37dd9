import Domain
import Testing

/// Rule 26: a label is derived, so that a restart meets its own orders again.
@Suite("Correlation ids") struct CorrelationIDTests {
  static let child = ChildID(follower: "asha", origin: "112111182198", number: 1)

  @Test("the label of a child never changes") func golden() {
    #expect(CorrelationID(leader: "1000000001", child: Self.child) == "cp1-vgcnute5a7ouueoq4bby")
    #expect(CorrelationID(leader: "1000000001", child: RepresentativeEvents.child) == "cp1-a626capbcptfxdyygfad")
  }

  @Test("a label has at most 25 of A-Za-z0-9_- and our prefix") func alphabet() {
    var random = RandomEvents(seed: 26)
    for _ in 0..<1_000 {
      let label = CorrelationID(leader: random.name(), child: random.child())
      #expect(label.description.utf8.count <= 25)
      #expect(
        label.description.unicodeScalars.allSatisfy { scalar in
          ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || scalar == "-" || scalar == "_"
        })
      #expect(label.isOurs)
    }
  }

  @Test("children that differ in anything have different labels") func distinct() {
    var labels: Set<CorrelationID> = []
    var count = 0
    for leader in ["1", "11"] as [ClientID] {
      for follower in ["1", "11", "asha"] as [FollowerName] {
        for origin in ["1", "11", "true_up@1"] as [LinkOrigin] {
          for number in [1, 2, 11, 111] as [Int64] {
            for generation in [0, 1, 11] as [Int64] {
              let child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
              labels.insert(CorrelationID(leader: leader, child: child))
              count += 1
            }
          }
        }
      }
    }
    #expect(labels.count == count)
  }

  @Test("a request is named by its label, kind and number, in 31 bytes") func requests() {
    let label = CorrelationID(leader: "1000000001", child: Self.child)
    #expect(RequestID(label, .modification, 25).description == "\(label).m25")
    #expect(RequestID(label, .cancellation, 9_999).description.utf8.count <= 31)
  }

  @Test("labels of others are not ours") func others() {
    for text in ["cp1", "CP1-x", "cp2-abc", "x-cp1-", ""] { #expect(CorrelationID(validating: text)?.isOurs != true) }
  }
}
