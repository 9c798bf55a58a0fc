using System.Text.Json;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>Reads the JSON of the client-context and Cognito headers into property values.</summary>
internal static class ClientJson
{
    public static Dictionary<string, object?> Identity(string? json)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (Parse(json) is { } root)
        {
            values["IdentityId"] = Text(root, "cognitoIdentityId");
            values["IdentityPoolId"] = Text(root, "cognitoIdentityPoolId");
        }

        return values;
    }

    public static Dictionary<string, object?> ClientContext(string? json, Func<Dictionary<string, object?>, object> makeClient)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (Parse(json) is { } root)
        {
            values["Environment"] = Map(root, "env");
            values["Custom"] = Map(root, "custom");
            values["Client"] = root.TryGetProperty("client", out var client) ? makeClient(Client(client)) : null;
        }

        return values;
    }

    private static Dictionary<string, object?> Client(JsonElement client) => new(StringComparer.Ordinal)
    {
        ["AppPackageName"] = Text(client, "app_package_name"),
        ["AppTitle"] = Text(client, "app_title"),
        ["AppVersionCode"] = Text(client, "app_version_code"),
        ["AppVersionName"] = Text(client, "app_version_name"),
        ["InstallationId"] = Text(client, "installation_id"),
    };

    private static JsonElement? Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static Dictionary<string, string>? Map(JsonElement element, string name) =>
        element.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object
        ? map.EnumerateObject().ToDictionary(
            static property => property.Name, static property => property.Value.ToString(), StringComparer.Ordinal)
        : null;
}
