using System.Text.RegularExpressions;

namespace WarmContext.Tool.Serving;

/// <summary>How a caller names a function: its name, a partial or a full ARN, any of them with a qualifier.</summary>
internal sealed partial record FunctionReference(string? Region, string Name, string? Qualifier)
{
    // The forms that https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html allows (read 2026-11-21).
    [GeneratedRegex(
        @"\A(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:\d{12}:)?(?:function:)?"
            + @"([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?\z")]
    private static partial Regex Form();

    /// <summary>Reads one; null when it is none.</summary>
    public static FunctionReference? TryParse(string text) => Form().Match(text) is { Success: true } match
        ? new FunctionReference(Value(match.Groups[1]), match.Groups[2].Value, Value(match.Groups[3]))
        : null;

    private static string? Value(Group group) => group.Success ? group.Value : null;
}
