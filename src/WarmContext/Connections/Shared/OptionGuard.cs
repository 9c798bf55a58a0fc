using System.Globalization;

namespace WarmContext.Connections;

/// <summary>Checks of connection options. Every message names the option, its value and what is allowed.</summary>
internal static class OptionGuard
{
    public static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string type, string option) => Require(
        value >= least && value <= most, value, type, option, $"it must be between {least} and {most}.");

    public static void Defined<TEnum>(TEnum value, string type, string option)
        where TEnum : struct, Enum => Require(
        Enum.IsDefined(value), value, type, option, $"it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");

    public static void Require(bool isAllowed, object value, string type, string option, string allowed)
    {
        if (!isAllowed)
        {
            throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture, $"{type}.{option} is {value}; {allowed}"));
        }
    }
}
