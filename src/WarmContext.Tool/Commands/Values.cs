using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace WarmContext.Tool.Commands;

/// <summary>Options that say what is allowed when they get something else.</summary>
internal static partial class Values
{
    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, int min, int max, int standard, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = Text(result);
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            {
                return value;
            }

            result.AddError(
                string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a whole number from {min} to {max}."));
            return standard;
        },
    };

    /// <summary>A length of time, more than zero.</summary>
    public static Option<TimeSpan?> Time(string name, TimeSpan max, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = Text(result);
            if (TryReadTime(text) is { } value && value > TimeSpan.Zero && value <= max)
            {
                return value;
            }

            result.AddError(
                $"{name} is '{text}'; it must be a length of time like 500ms, 30s, 20m or 2h, more than zero and at most "
                    + $"{Describe(max)}.");
            return null;
        },
    };

    /// <summary>Reads 500ms, 30s, 20m, 2h, 1d, or a number of seconds.</summary>
    public static TimeSpan? TryReadTime(string text)
    {
        if (TimeText().Match(text) is not { Success: true } match
            || !double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        try
        {
            return match.Groups[2].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                "d" => TimeSpan.FromDays(number),
                _ => TimeSpan.FromSeconds(number),
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>One of a few words. Where it isn't given its value is the type's default.</summary>
    public static Option<T> Choice<T>(
        string name, string helpName, IReadOnlyDictionary<string, T> words, string standard, string description) => new(name)
    {
        // In words: the help would write the value's own name. Not in the place of the help's name, which makes the whole column as wide.
        Description = $"{description} One of {string.Join(", ", words.Keys)}. [default: {standard}]",
        HelpName = helpName,
        CustomParser = result =>
        {
            var text = Text(result);
            if (words.TryGetValue(text, out var value))
            {
                return value;
            }

            result.AddError($"{name} is '{text}'; it must be one of {string.Join(", ", words.Keys)}.");
            return words[standard];
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count == 0 ? string.Empty : result.Tokens[^1].Value;

    private static string Describe(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#}d"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#}m"),
    };

    [GeneratedRegex(@"\A(\d+(?:\.\d+)?)(ms|s|m|h|d)?\z")]
    private static partial Regex TimeText();
}
