namespace WarmContext.CodeFixes.Base;

/// <summary>One way to mend a finding: what the editor shows, and the key that tells it from the others and groups fix-all.</summary>
internal readonly struct FixChoice
{
    public const string WarmContextKey = "WarmContext";
    public const string PlainKey = "Plain";

    private FixChoice(string key, string title)
    {
        Key = key;
        Title = title;
    }

    public string Key { get; }

    public string Title { get; }

    /// <summary>Needs the WarmContext package.</summary>
    public static FixChoice Warm(string title) => new(WarmContextKey, title);

    /// <summary>Needs .NET alone.</summary>
    public static FixChoice Plain(string title) => new(PlainKey, title);
}
