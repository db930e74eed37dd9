import Testing

@testable import Dhan
