namespace WarmContext.Npgsql;

/// <summary>A password or token, and how long it may be used to open connections.</summary>
/// <param name="Value">The password or token.</param>
/// <param name="Life">
/// How long it is valid from now; null stands for <see cref="WarmNpgsqlOptions.PasswordLife"/>. A token dies with the credentials that signed it, so
/// give the shorter of the two.
/// </param>
public readonly record struct WarmPassword(string Value, TimeSpan? Life = null)
{
    /// <summary>A password with the life that <see cref="WarmNpgsqlOptions.PasswordLife"/> gives.</summary>
    /// <param name="value">The password or token.</param>
    public static implicit operator WarmPassword(string value) => new(value);

    /// <summary>A password with the life that <see cref="WarmNpgsqlOptions.PasswordLife"/> gives.</summary>
    /// <param name="value">The password or token.</param>
    public static WarmPassword FromString(string value) => new(value);

    /// <summary>Says nothing of the password itself, so that it can't reach a log.</summary>
    public override string ToString() => nameof(WarmPassword);
}
