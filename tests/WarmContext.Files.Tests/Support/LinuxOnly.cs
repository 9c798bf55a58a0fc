using System.Runtime.Versioning;

// These tests look at file modes, links and locks as Lambda's system has them.
[assembly: SupportedOSPlatform("linux")]
