using System.Globalization;

namespace WarmContext.Shared;

/// <summary>Checks of options. Every message names the option, its value and what is allowed.</summary>
internal static class Guard
{
    public static void NotNull(object? value, string type, string option, string remedy)
    {
        if (value is null)
        {
            throw new ArgumentException($"{type}.{option} is null; {remedy}.");
        }
    }

    public static void Between(TimeSpan value, TimeSpan min, TimeSpan max, string type, string option)
    {
        if (value < min || value > max)
        {
            throw Refused(value, type, option, $"it must be between {min} and {max}.");
        }
    }

    public static void Between(long value, long min, long max, string type, string option)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(
                CultureInfo.InvariantCulture, $"{type}.{option} is {value:N0}; it must be between {min:N0} and {max:N0}."));
        }
    }

    public static void PositiveOrInfinite(TimeSpan value, string type, string option)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw Refused(value, type, option, "it must be more than zero, or Timeout.InfiniteTimeSpan.");
        }
    }

    public static void ZeroOrMoreOrInfinite(TimeSpan value, string type, string option)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw Refused(value, type, option, "it must be zero or more, or Timeout.InfiniteTimeSpan.");
        }
    }

    public static void Defined<TEnum>(TEnum value, string type, string option)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw Refused(value, type, option, $"it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    /// <summary>The check of everything else.</summary>
    /// <param name="isAllowed">False makes it throw.</param>
    /// <param name="value">The option's value.</param>
    /// <param name="type">The name of the options class.</param>
    /// <param name="option">The name of the option.</param>
    /// <param name="allowed">What is allowed: "it must be …".</param>
    public static void Require(bool isAllowed, object value, string type, string option, string allowed)
    {
        if (!isAllowed)
        {
            throw Refused(value, type, option, allowed);
        }
    }

    private static ArgumentOutOfRangeException Refused(object value, string type, string option, string allowed) =>
        new(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value}; {allowed}"));
}
