#nullable disable
using System.Text.Json;

namespace Amazon.Lambda.Core;

public class StructuredLoggingOptions
{
    public JsonSerializerOptions OverrideSerializerOptions { get; set; }
}
