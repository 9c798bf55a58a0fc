using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using OrderDemo;

string directory = typeof(ComparisonBuild).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
    .Single(static attribute => attribute.Key == "ComparisonDirectory").Value!;

// That of the SDK in use: {root}/shared/Microsoft.NETCore.App/{version}/ is where its runtime lies.
string root = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
string dotnet = Path.GetFullPath(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
if (!await ComparisonBuild.RunAsync(dotnet, directory))
{
    return 1;
}

// Ctrl+C reaches both: the comparison stops its servers and functions, and says how it ended.
Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
string program = Path.Combine(directory, "bin", "Release", "net10.0", "OrderDemo.Comparison.dll");
using Process comparison = Process.Start(dotnet, ["exec", program, .. args]);
await comparison.WaitForExitAsync();
return comparison.ExitCode;
