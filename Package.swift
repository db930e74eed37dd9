// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
// What is run through drawn histories by the thousand: optimised in debug builds as well, with its assertions left in.
let quick: [SwiftSetting] =
  strict + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "copytrade",
  products: [
    .executable(name: "copytrade", targets: ["copytrade"]),
    .executable(name: "copytrade-simulate", targets: ["copytrade-simulate"]),
    // What Benchmarks/ measures.
    .library(name: "Core", targets: ["Domain", "EventStore", "Projections", "Reactors", "Ports", "Engine"]),
    .library(name: "DhanAdapter", targets: ["Dhan"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "Domain", dependencies: [crypto], swiftSettings: quick),
    .target(name: "StopPoints", swiftSettings: quick),
    .target(name: "OptionPricing", swiftSettings: quick),
    .target(name: "EventStore", dependencies: ["Domain", "CSQLite", "StopPoints", crypto], swiftSettings: quick),
    .target(name: "Projections", dependencies: ["Domain"], swiftSettings: quick),
    .target(name: "Reactors", dependencies: ["Domain", "Projections"], swiftSettings: quick),
    .target(name: "Ports", dependencies: ["Domain"], swiftSettings: quick),
    .target(
      name: "Engine",
      dependencies: [
        "EventStore", "OptionPricing", "Projections", "Reactors", "Ports",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: quick),
    .target(name: "PaperExchange", dependencies: ["Domain", "Ports"], swiftSettings: quick),
    .target(
      name: "Dhan",
      dependencies: [
        "Domain", "Ports",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    .target(
      name: "DhanSimulator",
      dependencies: [
        "Domain", "PaperExchange", "Yams", crypto,
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    .target(
      name: "Daemon",
      dependencies: [
        "Dhan", "DhanSimulator", "Engine", "OptionPricing", "PaperExchange", "StopPoints", "Yams",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "copytrade",
      dependencies: [
        "Daemon", "DhanSimulator", "Engine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "SimulationKit",
      dependencies: ["CSQLite", "Engine", "PaperExchange", .product(name: "Logging", package: "swift-log")],
      swiftSettings: quick),
    .executableTarget(
      name: "copytrade-simulate",
      dependencies: ["SimulationKit", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),
    .target(name: "TestSupport", dependencies: ["Domain", "Ports"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "DomainTests", dependencies: ["Domain", "TestSupport"], exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "OptionPricingTests", dependencies: ["OptionPricing", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "EventStoreTests", dependencies: ["EventStore", "CSQLite", "SimulationKit", "TestSupport"],
      exclude: ["recompute_chain.py"], swiftSettings: strict),
    .testTarget(
      name: "ReactorsTests", dependencies: ["Reactors", "Engine", "PaperExchange", "TestSupport"], swiftSettings: strict
    ),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "SimulationKit", "Engine", "EventStore", "CSQLite", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(name: "PaperExchangeTests", dependencies: ["PaperExchange"], swiftSettings: strict),
    .testTarget(
      name: "DhanTests",
      dependencies: [
        "Dhan", "Domain", "Ports", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "DhanSimulatorTests", dependencies: ["DhanSimulator", "TestSupport"], exclude: ["dhanhq_drive.py"],
      swiftSettings: strict),
    .testTarget(
      name: "DaemonTests", dependencies: ["Daemon", "Engine", "EventStore", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "copytrade", "copytrade-simulate", "Daemon", "Engine", "EventStore", "Ports", "StopPoints", "TestSupport",
      ],
      exclude: ["Live/leader.py"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
