using System.Collections.Concurrent;
using System.Diagnostics;

namespace WarmContext.LocalServices;

/// <summary>Runs <c>eng/services</c> of the repository this code runs in.</summary>
internal static class ServicesScript
{
    private static readonly ConcurrentDictionary<string, Lazy<Task>> s_started = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, Lazy<Task>> s_installed = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> s_nothing = [];

    /// <summary>Starts a service, once per process: if that failed, every later caller hears the same, at once.</summary>
    public static Task UpAsync(string service, CancellationToken cancellationToken) =>
        // Not with the first caller's token: the others wait for the same run.
        s_started.GetOrAdd(service, static name => Once("up", name)).Value.WaitAsync(cancellationToken);

    /// <summary>
    /// Has programs installed unless they are there, once per process: if that failed, every later caller hears the same, at once.
    /// </summary>
    public static Task InstallAsync(string name, CancellationToken cancellationToken) =>
        s_installed.GetOrAdd(name, static name => Once("install", name)).Value.WaitAsync(cancellationToken);

    private static Lazy<Task> Once(string command, string name) =>
        new(() => RunAsync([command, name], s_nothing, CancellationToken.None));

    /// <summary>Runs the script with this process's own settings and returns what it printed.</summary>
    /// <exception cref="LocalServiceException">It failed; the message carries its output.</exception>
    public static Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(arguments, s_nothing, cancellationToken);

    /// <summary>Runs the script with further environment variables and returns what it printed.</summary>
    /// <exception cref="LocalServiceException">It failed; the message carries its output.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        string script = Path.Combine(RepositoryRoot.Find(), "eng", "services");
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(script);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Start(start);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        string printed = await output.ConfigureAwait(false);
        string complaints = await errors.ConfigureAwait(false);
        return process.ExitCode == 0
            ? printed
            : throw new LocalServiceException(
                $"'eng/services {string.Join(' ', arguments)}' failed with exit code {process.ExitCode}:\n{printed}{complaints}".TrimEnd());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LocalServiceException(
                $"eng/services needs bash, which could not be started ({e.Message}). Start the servers of compose.yaml instead and "
                    + "set the variables shown in it.",
                e);
        }
    }
}
