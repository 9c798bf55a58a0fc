namespace WarmContext.Architecture.Tests.Layers;

/// <summary>A place where code in one folder uses what is in another folder of its project.</summary>
internal sealed record FolderUse(string File, int Line, string From, string To, string Name);
