using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using WarmContext.Testing.Model.Recordings;

namespace WarmContext.Testing;

/// <summary>
/// What happened in an execution environment, from its start until now: phases, invocations, what was written, and the audit's findings.
/// Immutable. In JSON, property names are in camel case, enumerations are names, and times are numbers of milliseconds.
/// </summary>
public sealed class Recording
{
    /// <summary>Makes an empty one.</summary>
    public Recording()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal Recording(Recording other)
    {
        FormatVersion = other.FormatVersion;
        FunctionName = other.FunctionName;
        Handler = other.Handler;
        InitializationType = other.InitializationType;
        MemoryMegabytes = other.MemoryMegabytes;
        Timeout = other.Timeout;
        Environments = other.Environments;
        Started = other.Started;
        Duration = other.Duration;
        Phases = other.Phases;
        Invocations = other.Invocations;
        Log = other.Log;
        Findings = other.Findings;
        Package = other.Package;
        Limitations = other.Limitations;
    }

    /// <summary>The version of the JSON's form. It grows when a reader of the older form would read something wrong.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The function's name.</summary>
    public required string FunctionName { get; init; }

    /// <summary>The function's handler.</summary>
    public required string Handler { get; init; }

    /// <summary>How the environment was initialized.</summary>
    public required InitializationType InitializationType { get; init; }

    /// <summary>The function's memory in MB.</summary>
    public required int MemoryMegabytes { get; init; }

    /// <summary>The function's timeout.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How many environments the recording is of: 1, or the size of a fleet.</summary>
    public int Environments { get; init; } = 1;

    /// <summary>When the recording began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long the recording is.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The phases, in the order they began.</summary>
    public IReadOnlyList<RecordedPhase> Phases { get; init; } = [];

    /// <summary>The invocations, in the order their events were delivered.</summary>
    public IReadOnlyList<RecordedInvocation> Invocations { get; init; } = [];

    /// <summary>What the function and its extensions wrote.</summary>
    public IReadOnlyList<RecordedLogLine> Log { get; init; } = [];

    /// <summary>What the audit found; empty without <see cref="LocalFunctionOptions.Audit"/>.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The deployment package's files, the largest first; empty without <see cref="LocalFunctionOptions.Audit"/>.</summary>
    public IReadOnlyList<PackageFile> Package { get; init; } = [];

    /// <summary>What this machine did not let the environment enforce or see, a sentence each.</summary>
    public IReadOnlyList<string> Limitations { get; init; } = [];

    /// <summary>Writes the recording as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RecordingJsonContext.Default.Recording);

    /// <summary>Writes the recording as JSON, in UTF-8.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public Task WriteJsonAsync(Stream destination, CancellationToken cancellationToken = default) =>
        JsonSerializer.SerializeAsync(destination, this, RecordingJsonContext.Default.Recording, cancellationToken);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="JsonException">It isn't a recording.</exception>
    /// <exception cref="NotSupportedException">It is of a later form than this version reads.</exception>
    public static Recording FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var recording = JsonSerializer.Deserialize(json, RecordingJsonContext.Default.Recording)
            ?? throw new JsonException("The JSON is null; a recording is an object.");
        return recording.FormatVersion <= 1
            ? recording
            : throw new NotSupportedException(
                $"The recording is of form {recording.FormatVersion}; this version reads form 1. Use a later version of " +
                "WarmContext.Testing.");
    }
}
