using System.Collections;

namespace WarmContext.DependencyInjection;

/// <summary>A log entry as the fields that structured loggers read: its text, its request id, and the template of its message.</summary>
internal sealed class LogFields(WarmContextLogEntry entry) : IReadOnlyList<KeyValuePair<string, object?>>
{
    // The name by which loggers find the template.
    private const string Template = "{OriginalFormat}";

    private readonly KeyValuePair<string, object?>[] _fields = entry.RequestId is null
        ? [new("Text", entry.Message), new(Template, "{Text}")]
        : [new("Text", entry.Message), new("RequestId", entry.RequestId), new(Template, "{Text} RequestId: {RequestId}")];

    public int Count => _fields.Length;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _fields.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => entry.ToString();
}
