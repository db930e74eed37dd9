// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "copytrade", path: ".."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .executableTarget(
      name: "benchmark", dependencies: [.product(name: "Core", package: "copytrade")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    // By itself, since the adapter brings the network libraries, which take minutes to build.
    .executableTarget(
      name: "instruments", dependencies: [.product(name: "DhanAdapter", package: "copytrade")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    // A process beside the service: knows nothing of it but its configuration file and the broker's wire.
    .executableTarget(
      name: "latency",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], exclude: ["Floor"], swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
