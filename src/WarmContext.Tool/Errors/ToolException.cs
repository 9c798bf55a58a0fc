namespace WarmContext.Tool.Errors;

/// <summary>Something that the user can mend; its message says what and how, and is all that is shown.</summary>
internal sealed class ToolException(string message) : Exception(message);
