using System.Text.Json;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Running;

/// <summary>Reads events from files, standard input or the command line, and refuses what Lambda would.</summary>
internal static class EventReader
{
    private const int MaxEvent = 6 * 1024 * 1024;

    public static async Task<IReadOnlyList<FunctionEvent>> ReadAsync(
        IReadOnlyList<string> files, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var events = new List<FunctionEvent>();
        foreach (var file in files)
        {
            var name = file == "-" ? "standard input" : file;
            events.Add(Checked(name, await ReadFileAsync(file, cancellationToken)));
        }

        events.AddRange(texts.Select(static text => Checked("--payload", System.Text.Encoding.UTF8.GetBytes(text))));
        return events.Count > 0 ? events : [new FunctionEvent("{}", "{}"u8.ToArray())];
    }

    private static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        if (file == "-")
        {
            using var input = Console.OpenStandardInput();
            using var buffer = new MemoryStream();
            await input.CopyToAsync(buffer, cancellationToken);
            return buffer.ToArray();
        }

        try
        {
            return Directory.Exists(file)
                ? throw new ToolException(
                    $"--event is '{file}', which is a directory. Give a file with the event as JSON, or - for standard input.")
                : !File.Exists(file)
                    ? throw new ToolException(
                        $"--event is '{file}', and there is no file {Path.GetFullPath(file)}. Give a file with the event as JSON, or - for "
                            + "standard input.")
                : await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"--event is '{file}', which can't be read: {exception.Message}");
        }
    }

    private static FunctionEvent Checked(string name, byte[] bytes)
    {
        // A byte order mark is no part of the JSON.
        var payload = bytes.AsMemory(bytes.AsSpan().StartsWith(new byte[] { 0xEF, 0xBB, 0xBF }) ? 3 : 0);
        if (payload.Length == 0)
        {
            throw new ToolException($"the event {name} is empty; an event without content is {{}}.");
        }

        if (payload.Length > MaxEvent)
        {
            throw new ToolException($"the event {name} has {payload.Length} bytes; Lambda takes at most {MaxEvent}.");
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            return new FunctionEvent(name, payload);
        }
        catch (JsonException exception)
        {
            throw new ToolException($"the event {name} isn't JSON, which is all that Lambda takes: {exception.Message}");
        }
    }
}
