using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Testing;

public class OrphanTests
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_killed_test_host_leaves_no_frozen_function_no_child_and_no_file(string signal)
    {
        using var host = Start();
        var (function, child, directory) = await ReadAsync(host);

        using (var kill = Process.Start("/bin/kill", ["-s", signal, host.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await host.WaitForExitAsync();
        await TestFunction.UntilGoneAsync(function);
        await TestFunction.UntilGoneAsync(child);
        await TestFunction.UntilAsync(() => Task.FromResult(!Directory.Exists(directory)));
    }

    [Fact]
    public async Task A_test_host_that_ends_leaves_nothing_and_its_output_closes()
    {
        using var host = Start("--end");
        var (function, child, directory) = await ReadAsync(host);

        // Returns only when nobody holds the output open any more, as test runners wait for it.
        Assert.Equal(string.Empty, await host.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await TestFunction.UntilGoneAsync(function);
        await TestFunction.UntilGoneAsync(child);
        await TestFunction.UntilAsync(() => Task.FromResult(!Directory.Exists(directory)));
    }

    private static Process Start(string mode = "--wait") => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { "exec", Path.Combine(TestFunction.DirectoryOf("EnvironmentRunner"), "EnvironmentRunner.dll"), TestFunction.DirectoryOf("TestFunctions"), mode },
        RedirectStandardOutput = true,
    })!;

    private static async Task<(int Function, int Child, string Directory)> ReadAsync(Process host)
    {
        var line = await host.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var parts = line!.Split(' ', 3);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }
}
