import Domain

extension ConfigurationReader {
  func leader(_ root: SectionReader, needsCredentials: Bool) -> Configuration.Leader? {
    guard root.has("leader") else {
      root.missing("leader", remedy: "Write a section leader: with the client_id whose orders are copied.")
      _ = root.node("leader")
      return nil
    }
    guard let section = root.section("leader") else { return nil }
    let clientID = section.required("client_id", .clientID, remedy: "Write client_id: \"1000000001\".")
    let credentials = credentials(section, isNeeded: needsCredentials)
    let localAddress = section.value("local_address", .localAddress)
    let blindAfter = section.value("blind_after", .duration(from: .seconds(1)))
    section.finish()
    return clientID.map {
      Configuration.Leader(
        clientID: $0, credentials: credentials, localAddress: localAddress, blindAfter: blindAfter ?? .seconds(60))
    }
  }

  func followers(_ root: SectionReader, leader: ClientID?, needsCredentials: Bool) -> [Configuration.Follower] {
    let isThere: Bool =
      switch root.node("followers") {
      case nil: false
      case .scalar(let scalar)?: !scalar.isNothing
      case .list(let elements, _)?: !elements.isEmpty
      case .mapping?: true
      }
    guard isThere else {
      root.report.mistake(
        .missing, at: root.place(of: "followers"), key: "followers", "There is no follower.",
        remedy: "Write followers: and one element for each account that copies, beginning with - name:")
      return []
    }
    var names: [String: Int] = [:]
    var clients: [ClientID: Int] = [:]
    return (root.list("followers") ?? []).compactMap { node, path in
      guard let section = SectionReader(node, path: path, report: report) else { return nil }
      let line = node.place.line
      let name = section.required("name", .followerName, remedy: "Write name: and a short name, such as asha.")
      let clientID = section.required("client_id", .clientID, remedy: "Write client_id: \"1000000002\".")
      if let name {
        // Commands and files are read by people: names that differ in capitals only would be mistaken for each other.
        if let first = names[name.description.lowercased()] {
          report.mistake(
            .duplicateFollower, at: section.place(of: "name"), key: section.path(of: "name"),
            "The follower in line \(first) has this name.", remedy: "Give each follower a name of its own.")
        }
        names[name.description.lowercased()] = names[name.description.lowercased()] ?? line
      }
      if let clientID { checkIsNew(clientID, in: section, line: line, leader: leader, clients: &clients) }
      return follower(section, name: name, clientID: clientID, needsCredentials: needsCredentials)
    }
  }

  private func checkIsNew(
    _ clientID: ClientID, in section: SectionReader, line: Int, leader: ClientID?, clients: inout [ClientID: Int]
  ) {
    let place = section.place(of: "client_id")
    let path = section.path(of: "client_id")
    if clientID == leader {
      report.mistake(
        .leaderAmongFollowers, at: place, key: path, "This is the leader's account: it would copy itself.",
        remedy: "Write the follower's own client id.")
    } else if let first = clients[clientID] {
      report.mistake(
        .duplicateClient, at: place, key: path,
        "The follower in line \(first) has this account: every trade would be copied twice.",
        remedy: "Keep one follower for each account.")
    }
    clients[clientID] = clients[clientID] ?? line
  }

  private func follower(
    _ section: SectionReader, name: FollowerName?, clientID: ClientID?, needsCredentials: Bool
  ) -> Configuration.Follower? {
    let credentials = credentials(section, isNeeded: needsCredentials)
    let localAddress = section.value("local_address", .localAddress)
    let mode = section.value("copy", ScalarKind<CopyMode>.choice)
    let sends = section.value("send", .flag)
    let sizing = sizing(section)
    let limits = limits(section, sizing: sizing)
    let filters = filters(section)
    section.finish()
    guard let name, let clientID, let sizing, let limits, let filters else { return nil }
    return Configuration.Follower(
      name: name, clientID: clientID, credentials: credentials, localAddress: localAddress, mode: mode ?? .placement,
      sizing: sizing, limits: limits, filters: filters, sends: sends ?? true)
  }
}
