using System.Globalization;

namespace WarmContext;

/// <summary>Checks of options. Every message names the option, its value and what is allowed.</summary>
internal static class Guard
{
    public static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string type, string option)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value}; it must be between {least} and {most}."));
        }
    }

    public static void PositiveOrInfinite(TimeSpan value, string type, string option)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value}; it must be more than zero, or Timeout.InfiniteTimeSpan."));
        }
    }

    public static void ZeroOrMoreOrInfinite(TimeSpan value, string type, string option)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value}; it must be zero or more, or Timeout.InfiniteTimeSpan."));
        }
    }

    public static void Between(long value, long least, long most, string type, string option)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value:N0}; it must be between {least:N0} and {most:N0}."));
        }
    }

    public static void Defined<TEnum>(TEnum value, string type, string option)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(option, value, $"{type}.{option} is {value}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }
}
